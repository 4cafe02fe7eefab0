import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createClock } from "../../support/cache.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../support/redis.ts";
import { openCounters } from "./open.ts";

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

const once = { idempotencyKey: "order 7, paid – ⟲" };
const first = (value: number) => ({ kind: "counted", value, repeated: false });
const repeat = (value: number) => ({ kind: "counted", value, repeated: true });

describe("an increment with a key", () => {
  test("counts once, and its repeats get the first answer, whatever came in between", async () => {
    const counters = openCounters(target);
    await counters.increment("sales", 10);
    expect(await counters.increment("sales", 5, once)).toEqual(first(15));
    await counters.increment("sales", 100);
    expect(await counters.increment("sales", 5, once)).toEqual(repeat(15));
    expect(await counters.increment("sales", 5, { idempotencyKey: "another" })).toEqual(first(120));
    expect(await counters.series("sales", "day", 1)).toMatchObject([{ value: 120 }]);
  });

  test("is another's on another counter", async () => {
    const counters = openCounters(target);
    expect(await counters.increment("one", 1, once)).toEqual(first(1));
    expect(await counters.increment("two", 1, once)).toEqual(first(1));
  });

  test("20 at once from 20 isolates count once, and all get the same answer", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => openCounters(target).increment("rush", 3, once)),
    );
    expect(answers.filter((answer) => answer.kind === "counted" && !answer.repeated)).toHaveLength(1);
    expect(answers.every((answer) => answer.kind === "counted" && answer.value === 3)).toBe(true);
    expect(await openCounters(target).get("rush")).toBe(3);
  });

  test("whose answer was lost: the repeat counts nothing and answers what was lost", async () => {
    const counters = openCounters({ ...target, url: proxy.url });
    await counters.increment("lost", 1, { idempotencyKey: "warm" });
    proxy.mode = "dropResponse";
    await expect(counters.increment("lost", 7, once)).rejects.toMatchObject({
      name: "RedisUnavailableError",
    });
    proxy.mode = "pass";
    expect(await counters.increment("lost", 7, once)).toEqual(repeat(8));
    expect(await counters.get("lost")).toBe(8);
  });

  test("that was refused may come again, and counts when it fits", async () => {
    const counters = openCounters(target);
    await counters.increment("brim", Number.MAX_SAFE_INTEGER);
    expect(await counters.increment("brim", 1, once)).toEqual({ kind: "out-of-range" });
    await counters.increment("brim", -1);
    expect(await counters.increment("brim", 1, once)).toEqual(first(Number.MAX_SAFE_INTEGER));
    expect(await counters.increment("brim", 1, once)).toEqual(repeat(Number.MAX_SAFE_INTEGER));
  });
});

describe("24 hours", () => {
  test.each([0, 1, 12, 23])(
    "from %i o'clock: a repeat up to the last second, a new one after",
    async (hour) => {
      const clock = createClock(Date.UTC(2026, 10, 1, hour, 30));
      const counters = openCounters(target, { now: clock.now });
      const name = `day:${hour}`;
      expect(await counters.increment(name, 1, once)).toEqual(first(1));
      clock.advance(86_399);
      expect(await counters.increment(name, 1, once)).toEqual(repeat(1));
      clock.advance(1);
      expect(await counters.increment(name, 1, once)).toEqual(first(2));
    },
  );

  test("two isolates whose clocks are on either side of midnight count once", async () => {
    const midnight = Date.UTC(2026, 10, 2);
    const ahead = openCounters(target, { now: () => midnight + 5 });
    const behind = openCounters(target, { now: () => midnight - 5_000 });
    expect(await ahead.increment("midnight", 1, once)).toEqual(first(1));
    expect(await behind.increment("midnight", 1, once)).toEqual(repeat(1));
  });
});

test("the key itself is nowhere in Redis, and what stands for it expires by itself", async () => {
  const counters = openCounters({ ...target, url: proxy.url });
  proxy.reset();
  await counters.increment("secret", 1, { idempotencyKey: "tok-in-clear" });
  expect(JSON.stringify(proxy.seen)).not.toContain("tok-in-clear");
  const today = new Date().toISOString().slice(0, 10);
  const key = `${target.prefix}:counter:{secret}:used:${today}`;
  const [ttl] = await target.engine.pipeline([[Buffer.from("TTL"), Buffer.from(key)]]);
  expect(Number(ttl)).toBeGreaterThan(86_400);
  expect(Number(ttl)).toBeLessThanOrEqual(2 * 86_400);
});
