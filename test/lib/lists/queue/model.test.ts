import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DeadMessage, Queues } from "../../../../lib/lists/index.ts";
import { createClock } from "../../../support/clock.ts";
import { startRedis, type TestRedis } from "../../../support/redis.ts";
import { createModel } from "./model.ts";
import { openQueues } from "./open.ts";

const RUNS = 25;

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

const message = fc.record({
  body: fc.oneof(fc.integer(), fc.string({ maxLength: 8 }), fc.constant(null), fc.constant({ a: ["é"] })),
  delaySeconds: fc.constantFrom(0, 0, 0, 1, 5, 40),
  dedupId: fc
    .option(fc.constantFrom("a", "b", ""), { nil: undefined })
    .map((id) => (id === "" ? undefined : id)),
});
/** One of the receipts given so far, one of the latest more often; or one that never was. */
const which = fc.oneof(fc.nat(3), fc.nat(40), fc.constant(-1));
const seconds = fc.constantFrom(0, 1, 5, 30);

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("send" as const),
      messages: fc.array(message, { minLength: 1, maxLength: 5 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("receive" as const),
      max: fc.integer({ min: 1, max: 6 }),
      visible: fc.constantFrom(1, 5, 30),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("ack" as const), which }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("extend" as const), which, seconds }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("wait" as const),
      seconds: fc.constantFrom(0.001, 1, 5, 31, 150, 300),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("configure" as const),
      maxAttempts: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("redrive" as const, "purge" as const) }) },
);

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** All pages, of two each. */
async function allDead(queues: Queues, queue: string): Promise<DeadMessage[]> {
  const all: DeadMessage[] = [];
  let cursor: string | undefined;
  do {
    const { items, next } = await queues.dead(queue, { limit: 2, cursor });
    all.push(...items);
    cursor = next ?? undefined;
  } while (cursor !== undefined);
  return all;
}

let rounds = 0;

test("a queue answers as a plain list of messages does, whatever is done to it and whenever", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60, size: "max" }), async (steps) => {
      rounds += 1;
      const queue = `model:${rounds}`;
      // Not far before a border of the stretches that dedupIds are kept by.
      const clock = createClock(300_000 * 6_000_000 - 1_000);
      const model = createModel(clock.now);
      const queues = openQueues(target, { redisNow: clock.now });
      const receipts: string[] = [];
      const receipt = (nth: number) => receipts.at(-1 - nth) ?? "1800000000000-000000.1";

      /** What is answered to a step, and what is right. */
      async function run(each: Step): Promise<[answer: unknown, right: unknown]> {
        switch (each.kind) {
          case "wait":
            return [clock.advance(each.seconds), undefined];
          case "send": {
            const sent = await queues.send(queue, each.messages);
            return [sent, { ...sent, ids: model.send(each.messages, sent.kind === "sent" ? sent.ids : []) }];
          }
          case "receive": {
            const messages = await queues.receive(queue, { max: each.max, visibilitySeconds: each.visible });
            receipts.push(...messages.map((received) => received.receipt));
            return [messages, model.receive(each.max, each.visible)];
          }
          case "ack":
            return [await queues.ack(queue, receipt(each.which)), model.ack(receipt(each.which))];
          case "extend":
            return [
              await queues.extend(queue, receipt(each.which), each.seconds),
              model.extend(receipt(each.which), each.seconds),
            ];
          case "configure":
            return [await queues.configure(queue, each), model.configure(each.maxAttempts)];
          case "redrive":
          case "purge":
            break;
        }
        return [await queues[each.kind](queue), model[each.kind]()];
      }

      for (const each of steps) {
        const [answer, right] = await run(each);
        expect(answer).toEqual(right);
        expect(await queues.metrics(queue)).toEqual(model.metrics());
      }
      expect(await allDead(queues, queue)).toEqual(model.dead());
    }),
    { numRuns: RUNS },
  );
}, 60_000);
