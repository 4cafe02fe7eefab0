import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createClock } from "../../../support/clock.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../../support/redis.ts";
import { openQueues } from "./open.ts";

let target: TestRedis;
let proxy: FaultProxy;
beforeAll(async () => {
  target = await startRedis();
  proxy = await startFaultProxy(target.url);
  // The script is known from here on.
  await openQueues(target).receive("warm");
});
afterAll(async () => {
  await proxy.close();
  await target.close();
});
beforeEach(() => proxy.reset());

/** A consumer whose waits take no time, and what happens during the nth of them. */
function patient(during: (nth: number, waitedSeconds: number) => unknown = () => undefined) {
  const clock = createClock();
  const started = clock.now();
  const waits: number[] = [];
  const queues = openQueues(
    { ...target, url: proxy.url },
    {
      now: clock.now,
      redisNow: clock.now,
      sleep: async (ms) => {
        waits.push(ms);
        clock.advance(ms / 1_000);
        await during(waits.length, (clock.now() - started) / 1_000);
      },
    },
  );
  return { clock, queues, waits };
}

test("a wait for nothing looks soon, then each second, 24 times in 20 s, and ends in time", async () => {
  const { queues, waits, clock } = patient();
  const started = clock.now();
  expect(await queues.receive("nothing", { waitSeconds: 20 })).toEqual([]);
  expect(waits.slice(0, 6)).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  expect(Math.max(...waits)).toBe(1_000);
  expect(clock.now() - started).toBe(20_000);
  expect(proxy.requests).toBe(24);
});

test("without a wait it looks once; with messages there it never waits", async () => {
  const { queues, waits } = patient();
  expect(await queues.receive("one-look")).toEqual([]);
  expect(proxy.requests).toBe(1);
  await queues.send("one-look", [{ body: 1 }]);
  expect(await queues.receive("one-look", { waitSeconds: 20, max: 10 })).toHaveLength(1);
  expect(waits).toEqual([]);
});

test("a message that is sent while somebody waits ends the wait with the next look", async () => {
  const sender = openQueues(target);
  const { queues, waits } = patient(async (nth) => {
    if (nth === 7) await sender.send("sent-meanwhile", [{ body: "there" }]);
  });
  // By the clock of the wait, what Redis's clock says was sent long ago is there.
  expect(await queues.receive("sent-meanwhile", { waitSeconds: 20 })).toMatchObject([{ body: "there" }]);
  expect(waits).toHaveLength(7);
});

test.each([0.1, 1, 2.5, 7, 19.9])(
  "a message delayed by %s s is received within a second of its time",
  async (delaySeconds) => {
    let waited = 0;
    const { queues } = patient((_, seconds) => {
      waited = seconds;
    });
    const queue = `delayed:${delaySeconds}`;
    await queues.send(queue, [{ body: 1, delaySeconds }]);
    expect(await queues.receive(queue, { waitSeconds: 20 })).toHaveLength(1);
    expect(waited).toBeGreaterThanOrEqual(delaySeconds);
    expect(waited).toBeLessThanOrEqual(delaySeconds + 1);
  },
);

test("nothing is taken for who has left before, or who leaves while they wait", async () => {
  const { queues } = patient();
  await queues.send("left", [{ body: 1 }]);
  proxy.reset();
  expect(await queues.receive("left", { waitSeconds: 20, signal: AbortSignal.abort() })).toEqual([]);
  expect(proxy.requests).toBe(0);

  const leaving = new AbortController();
  const other = patient(async (nth) => {
    if (nth !== 3) return;
    leaving.abort();
    await openQueues(target).send("leaves", [{ body: 1 }]);
  });
  expect(await other.queues.receive("leaves", { waitSeconds: 20, signal: leaving.signal })).toEqual([]);
  expect(other.waits).toHaveLength(3);
  expect(await openQueues(target).metrics("leaves")).toMatchObject({ ready: 1, inFlight: 0 });
});

test("who leaves does not wait for the end of a pause", async () => {
  const leaving = new AbortController();
  const queues = openQueues(target, {
    sleep: () => {
      leaving.abort();
      return new Promise(() => undefined);
    },
  });
  expect(await queues.receive("pause", { waitSeconds: 20, signal: leaving.signal })).toEqual([]);
});

test("a Redis that goes away ends the wait with what went wrong", async () => {
  const { queues } = patient((nth) => {
    if (nth === 4) proxy.mode = "refuse";
  });
  await expect(queues.receive("gone", { waitSeconds: 20 })).rejects.toMatchObject({ reason: "network" });
  proxy.mode = "pass";
});

test("by real clocks a message sent a moment later is there well within a second", async () => {
  const waiting = openQueues(target).receive("real", { waitSeconds: 5 });
  await openQueues(target).send("real", [{ body: "now" }]);
  const started = Date.now();
  expect(await waiting).toMatchObject([{ body: "now" }]);
  expect(Date.now() - started).toBeLessThan(1_000);
});
