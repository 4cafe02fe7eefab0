// Many consumers on one queue, and what becomes of its messages when some of them die.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RedisUnavailableError } from "../../../../lib/errors.ts";
import type { Queues } from "../../../../lib/lists/index.ts";
import { createRandom } from "../../../local/engines/differential/random.ts";
import { createClock } from "../../../support/clock.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../../support/redis.ts";
import { openQueues } from "./open.ts";

const CONSUMERS = 8;
// The embedded engine copies the whole queue with each command, so its time goes up with the square of this.
const MESSAGES = process.env["REDIS_URL"] ? 10_000 : 1_500;
const KILLED_MESSAGES = process.env["REDIS_URL"] ? 2_000 : 400;

let target: TestRedis;
let proxies: FaultProxy[];
beforeAll(async () => {
  target = await startRedis();
  proxies = await Promise.all(Array.from({ length: CONSUMERS }, () => startFaultProxy(target.url)));
});
afterAll(async () => {
  await Promise.all(proxies.map((proxy) => proxy.close()));
  await target.close();
});

async function fill(queues: Queues, queue: string, count: number): Promise<void> {
  for (let i = 0; i < count; i += 100) {
    await queues.send(
      queue,
      Array.from({ length: 100 }, (_, n) => ({ body: i + n })),
    );
  }
}

test(`${CONSUMERS} consumers handle each of ${MESSAGES} messages once, each its own in the order sent`, async () => {
  await fill(openQueues(target), "crowd", MESSAGES);
  const handled = await Promise.all(
    Array.from({ length: CONSUMERS }, async (_, consumer) => {
      const own: number[] = [];
      for (;;) {
        const queues = openQueues(target);
        const messages = await queues.receive("crowd", { max: 10 + 10 * consumer, visibilitySeconds: 3_600 });
        if (messages.length === 0) return own;
        const answers = await Promise.all(messages.map(({ receipt }) => queues.ack("crowd", receipt)));
        expect(answers).toEqual(messages.map(() => ({ kind: "acked" })));
        own.push(...messages.map(({ body }) => Number(body)));
      }
    }),
  );
  for (const own of handled) expect(own).toEqual(own.toSorted((a, b) => a - b));
  expect(handled.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: MESSAGES }, (_, i) => i));
  expect(await openQueues(target).metrics("crowd")).toEqual({
    ready: 0,
    inFlight: 0,
    delayed: 0,
    dead: 0,
    oldestAgeSeconds: 0,
  });
}, 60_000);

describe("consumers that are killed", () => {
  /** Where a consumer dies, or what it loses; most calls go well. */
  const FATES = [
    "receive reply lost",
    "receive not sent",
    "before the work",
    "before the ack",
    "ack reply lost",
    "ack not sent",
  ] as const;

  test.each([1, 2, 3])(
    `lose none of ${KILLED_MESSAGES} messages, and none that was acked comes again (seed %i)`,
    async (seed) => {
      const random = createRandom(seed);
      const clock = createClock();
      const queue = `killed:${seed}`;
      const whole = openQueues(target, { redisNow: clock.now });
      await whole.configure(queue, { maxAttempts: 100 });
      await fill(whole, queue, KILLED_MESSAGES);

      const worked = new Set<number>();
      const acked = new Set<number>();
      const seen = new Set<string>();
      const faults: string[] = [];
      const errors: unknown[] = [];

      const meet = (fate: (typeof FATES)[number], chance: number): boolean => {
        const met = random.chance(chance);
        if (met) seen.add(fate);
        return met;
      };

      /** One life: until it is killed, or there is nothing to do. */
      async function live(proxy: FaultProxy): Promise<void> {
        const queues = openQueues({ ...target, url: proxy.url }, { redisNow: clock.now });
        for (;;) {
          if (meet("receive reply lost", 0.05)) proxy.mode = "dropResponse";
          else if (meet("receive not sent", 0.05)) proxy.mode = "refuse";
          const messages = await queues.receive(queue, { max: random.pick([1, 5, 20]) });
          if (messages.length === 0) return;
          for (const { body, receipt } of messages) {
            const number = Number(body);
            if (acked.has(number)) faults.push(`${number} was acked and came again`);
            if (meet("before the work", 0.01)) return;
            worked.add(number);
            if (meet("before the ack", 0.02)) return;
            if (meet("ack not sent", 0.02)) proxy.mode = "refuse";
            else if (meet("ack reply lost", 0.02)) {
              proxy.mode = "dropResponse";
              acked.add(number);
            }
            const { kind } = await queues.ack(queue, receipt);
            if (kind === "acked") acked.add(number);
          }
        }
      }

      for (let metrics = await whole.metrics(queue); metrics.ready + metrics.inFlight > 0;) {
        await Promise.all(
          proxies.map(async (proxy) => {
            await live(proxy).catch((error: unknown) => errors.push(error));
            proxy.mode = "pass";
          }),
        );
        metrics = await whole.metrics(queue);
        // What dead consumers held is visible again.
        if (metrics.ready === 0) clock.advance(30);
        metrics = await whole.metrics(queue);
      }

      expect(faults).toEqual([]);
      expect(errors.filter((error) => !(error instanceof RedisUnavailableError))).toEqual([]);
      const all = Array.from({ length: KILLED_MESSAGES }, (_, i) => i);
      expect([...worked].toSorted((a, b) => a - b)).toEqual(all);
      expect([...acked].toSorted((a, b) => a - b)).toEqual(all);
      expect([...seen].toSorted()).toEqual([...FATES].toSorted());
    },
    60_000,
  );
});
