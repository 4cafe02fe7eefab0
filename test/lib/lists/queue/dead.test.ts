import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Queues, ReceivedMessage } from "../../../../lib/lists/index.ts";
import { createClock } from "../../../support/clock.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../../support/redis.ts";
import { openQueues } from "./open.ts";

let target: TestRedis;
let proxy: FaultProxy;
beforeAll(async () => {
  target = await startRedis();
  proxy = await startFaultProxy(target.url);
});
afterAll(async () => {
  await proxy.close();
  await target.close();
});

const open = () => {
  const clock = createClock();
  return { clock, queues: openQueues({ ...target, url: proxy.url }, { redisNow: clock.now }) };
};
const numbers = (n: number) => Array.from({ length: n }, (_, i) => i);
const fail = async (queues: Queues, queue: string, times: number): Promise<ReceivedMessage[]> => {
  let messages: ReceivedMessage[] = [];
  for (let i = 0; i < times; i += 1) {
    messages = await queues.receive(queue, { max: 100 });
    for (const { receipt } of messages) await queues.extend(queue, receipt, 0);
  }
  return messages;
};
/** Sends messages and receives them for a second, which is their last. */
async function bury(queues: Queues, queue: string, bodies: readonly unknown[]): Promise<ReceivedMessage[]> {
  await queues.configure(queue, { maxAttempts: 1 });
  for (let i = 0; i < bodies.length; i += 100) {
    await queues.send(
      queue,
      bodies.slice(i, i + 100).map((body) => ({ body })),
    );
  }
  const all: ReceivedMessage[] = [];
  while (all.length < bodies.length) {
    all.push(...(await queues.receive(queue, { max: 100, visibilitySeconds: 1 })));
  }
  return all;
}

describe("a message", () => {
  test("is dead when the visibility of its fifth receive ends, by itself, and is not received any more", async () => {
    const { clock, queues } = open();
    await queues.send("five", [{ body: "poison" }]);
    const sentAt = new Date(clock.now());
    for (const attempts of [1, 2, 3, 4, 5]) {
      expect(await queues.receive("five")).toMatchObject([{ attempts }]);
      expect(await queues.metrics("five")).toMatchObject({ inFlight: 1, dead: 0 });
      clock.advance(30);
    }
    const deadAt = new Date(clock.now());
    expect(await queues.metrics("five")).toEqual({
      ready: 0,
      inFlight: 0,
      delayed: 0,
      dead: 1,
      oldestAgeSeconds: 0,
    });
    clock.advance(500);
    expect(await queues.receive("five")).toEqual([]);
    expect(await queues.dead("five")).toEqual({
      items: [{ id: expect.any(String), body: "poison", attempts: 5, enqueuedAt: sentAt, deadAt }],
      next: null,
    });
  });

  test("is dead at once when it is given back on its last attempt", async () => {
    const { queues } = open();
    await queues.configure("given-back", { maxAttempts: 2 });
    await queues.send("given-back", [{ body: 1 }]);
    await fail(queues, "given-back", 1);
    expect((await queues.dead("given-back")).items).toEqual([]);
    await fail(queues, "given-back", 1);
    expect((await queues.dead("given-back")).items).toMatchObject([{ attempts: 2 }]);
  });

  test("that is dead can still be acked or taken up again by who had it last, and by nobody else", async () => {
    const { clock, queues } = open();
    await queues.configure("last", { maxAttempts: 2 });
    await queues.send("last", [{ body: "slow" }, { body: "done" }]);
    const early = await fail(queues, "last", 1);
    const [slow, done] = await queues.receive("last", { max: 2, visibilitySeconds: 1 });
    clock.advance(60);
    expect(await queues.metrics("last")).toMatchObject({ dead: 2, oldestAgeSeconds: 0 });
    expect(await queues.ack("last", early[0]?.receipt ?? "")).toEqual({ kind: "stale" });
    expect(await queues.ack("last", done?.receipt ?? "")).toEqual({ kind: "acked" });
    expect(await queues.extend("last", slow?.receipt ?? "", 10)).toMatchObject({ kind: "extended" });
    expect(await queues.metrics("last")).toEqual({
      ready: 0,
      inFlight: 1,
      delayed: 0,
      dead: 0,
      oldestAgeSeconds: 60,
    });
    clock.advance(10);
    expect((await queues.dead("last")).items).toMatchObject([{ body: "slow", attempts: 2 }]);
  });

  test("is received as often as is set when it is received next", async () => {
    const { queues } = open();
    await queues.send("changed", [{ body: 1 }]);
    await fail(queues, "changed", 3);
    await queues.configure("changed", { maxAttempts: 2 });
    expect(await queues.metrics("changed")).toMatchObject({ ready: 1, dead: 0 });
    await fail(queues, "changed", 1);
    expect((await queues.dead("changed")).items).toMatchObject([{ attempts: 4 }]);
  });

  test.each([0, 101, 1.5, Number.NaN])("%s attempts are refused", async (maxAttempts) => {
    await expect(open().queues.configure("bad", { maxAttempts })).rejects.toThrow(RangeError);
  });
});

describe("the dead", () => {
  test("are listed page by page in the order they died, those that go meanwhile left out and none twice", async () => {
    const { clock, queues } = open();
    // All in the same millisecond, more than one look of the script.
    const buried = await bury(queues, "pages", numbers(450));
    clock.advance(1);
    await bury(queues, "pages", [450, 451]);
    clock.advance(1);
    const seen: unknown[] = [];
    async function pages(count: number, from?: string): Promise<string | undefined> {
      let cursor = from;
      for (let page = 0; page < count; page += 1) {
        const { items, next } = await queues.dead("pages", { limit: 90, cursor });
        seen.push(...items.map(({ body }) => body));
        cursor = next ?? undefined;
      }
      return cursor;
    }
    const third = await pages(3);
    // The one that the next page begins behind, and one of that page.
    for (const i of [269, 300]) await queues.extend("pages", buried[i]?.receipt ?? "", 60);
    expect(await pages(3, third)).toBeUndefined();
    expect(seen).toEqual(numbers(452).filter((i) => i !== 300));
  }, 20_000);

  test("of more than 1 MiB come in several pages", async () => {
    const { clock, queues } = open();
    const body = "x".repeat(250_000);
    await queues.configure("fat", { maxAttempts: 1 });
    for (const i of numbers(6)) await queues.send("fat", [{ body: `${i}${body}` }]);
    for (let i = 0; i < 2; i += 1) await queues.receive("fat", { max: 100 });
    clock.advance(30);
    const first = await queues.dead("fat");
    const second = await queues.dead("fat", { cursor: first.next ?? "" });
    const starts = [...first.items, ...second.items].map((each) => String(each.body).slice(0, 1));
    expect([first.items.length, second.next, starts.join("")]).toEqual([4, null, "012345"]);
  });

  test("have no page for a limit or a cursor that is none", async () => {
    const { queues } = open();
    await expect(queues.dead("none", { limit: 0 })).rejects.toThrow(RangeError);
    await expect(queues.dead("none", { limit: 101 })).rejects.toThrow(RangeError);
    await expect(queues.dead("none", { cursor: "x" })).rejects.toThrow(RangeError);
    expect(await queues.dead("none")).toEqual({ items: [], next: null });
  });
});

describe("a redrive", () => {
  test("makes the dead ready with attempts anew, in the order sent; no receipt of before is good any more", async () => {
    const { clock, queues } = open();
    await queues.configure("redrive", { maxAttempts: 2 });
    await queues.send("redrive", [{ body: 1 }, { body: 2 }]);
    const before = await fail(queues, "redrive", 2);
    clock.advance(100);
    await queues.send("redrive", [{ body: 3 }]);
    expect(await queues.redrive("redrive")).toBe(2);
    for (const { receipt, id } of before) {
      for (const each of [receipt, `${id}.1`]) {
        expect(await queues.ack("redrive", each)).toEqual({ kind: "stale" });
        expect(await queues.extend("redrive", each, 50)).toEqual({ kind: "stale" });
      }
      expect(await queues.ack("redrive", `${id}.3`)).toEqual({ kind: "unknown" });
    }
    expect(await queues.metrics("redrive")).toMatchObject({ ready: 3, dead: 0, oldestAgeSeconds: 100 });
    const again = await queues.receive("redrive", { max: 10 });
    expect(again.map(({ body, attempts }) => [body, attempts])).toEqual([
      [1, 1],
      [2, 1],
      [3, 1],
    ]);
    expect(await queues.ack("redrive", before[0]?.receipt ?? "")).toEqual({ kind: "stale" });
    expect(await queues.ack("redrive", again[0]?.receipt ?? "")).toEqual({ kind: "acked" });
    clock.advance(30);
    await fail(queues, "redrive", 1);
    expect((await queues.dead("redrive")).items.map(({ body }) => body)).toEqual([2, 3]);
    expect(await queues.redrive("none")).toBe(0);
  });

  test("and a purge of 1,300 come to all of them in few requests, and to none that are not dead", async () => {
    const { clock, queues } = open();
    await bury(queues, "many", numbers(1_300));
    clock.advance(1);
    await queues.send("many", [{ body: "alive" }, { body: "later", delaySeconds: 60 }]);
    await queues.receive("many", { visibilitySeconds: 60 });
    await queues.redrive("warm");
    proxy.reset();
    expect(await queues.redrive("many")).toBe(1_300);
    expect(proxy.requests).toBe(2);
    expect(await queues.metrics("many")).toMatchObject({ ready: 1_300, inFlight: 1, delayed: 1, dead: 0 });
    for (let i = 0; i < 13; i += 1) await queues.receive("many", { max: 100, visibilitySeconds: 1 });
    clock.advance(1);
    expect(await queues.purge("many")).toBe(1_300);
    expect(await queues.metrics("many")).toEqual({
      ready: 0,
      inFlight: 1,
      delayed: 1,
      dead: 0,
      oldestAgeSeconds: 1,
    });
  }, 30_000);
});

test("a redrive ends though others die while it runs, and leaves them", async () => {
  const { clock, queues } = open();
  await bury(queues, "dying", numbers(600));
  clock.advance(1);
  await bury(queues, "dying", numbers(50));
  // The 50 die between its first script and its second.
  const looks = [clock.now(), clock.now() + 1_000];
  const redriving = openQueues(target, { redisNow: () => looks.shift() ?? clock.now() + 1_000 });
  expect(await redriving.redrive("dying")).toBe(600);
  clock.advance(1);
  expect(await queues.metrics("dying")).toMatchObject({ ready: 600, dead: 50 });
});

test("the age is that of the oldest that is neither acked nor dead, however many died before it", async () => {
  const { clock, queues } = open();
  await bury(queues, "age", numbers(250));
  clock.advance(10);
  await queues.send("age", [{ body: "alive" }]);
  clock.advance(7.5);
  expect(await queues.metrics("age")).toMatchObject({ ready: 1, dead: 250, oldestAgeSeconds: 7 });
  proxy.reset();
  expect(await queues.metrics("age")).toMatchObject({ oldestAgeSeconds: 7 });
  expect(proxy.requests).toBe(1);
  const [alive] = await queues.receive("age");
  clock.advance(0.5);
  expect(await queues.metrics("age")).toMatchObject({ inFlight: 1, oldestAgeSeconds: 8 });
  await queues.ack("age", alive?.receipt ?? "");
  expect(await queues.metrics("age")).toMatchObject({ oldestAgeSeconds: 0 });
});

test("a queue whose messages are acked or purged leaves nothing behind but its settings", async () => {
  const { clock, queues } = open();
  await bury(queues, "empty", numbers(3));
  clock.advance(1);
  await queues.purge("empty");
  await queues.send("empty", [{ body: 1, delaySeconds: 1 }, { body: 2 }]);
  clock.advance(1);
  for (const { receipt } of await queues.receive("empty", { max: 5 })) await queues.ack("empty", receipt);
  const stem = `${target.prefix}:queue:{empty}`;
  const [keys, fields] = await target.engine.pipeline(
    [
      ["KEYS", `${stem}*`],
      ["HKEYS", `${stem}:messages`],
    ].map((words) => words.map((word) => Buffer.from(word))),
  );
  expect((keys as Buffer[]).map(String)).toEqual([`${stem}:messages`]);
  expect((fields as Buffer[]).map(String).toSorted()).toEqual(["last", "maxAttempts"]);
});
