import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COUNTER_SCRIPTS } from "../../../lib/counters/index.ts";
import { createHash } from "node:crypto";
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

const MOST = Number.MAX_SAFE_INTEGER;
const counted = (value: number) => ({ kind: "counted", value, repeated: false });
const refused = { kind: "out-of-range", repeated: false };

test.each(COUNTER_SCRIPTS)("the SHA written beside $name is that of its text", ({ lua, sha1 }) => {
  expect(sha1).toBe(createHash("sha1").update(lua).digest("hex"));
});

describe("a counter", () => {
  test("goes up by one, by n, and down", async () => {
    const counters = openCounters(target);
    expect(await counters.increment("views")).toEqual(counted(1));
    expect(await counters.increment("views", 41)).toEqual(counted(42));
    expect(await counters.increment("views", -50)).toEqual(counted(-8));
    expect(await counters.increment("views", 0)).toEqual(counted(-8));
    expect(await counters.get("views")).toBe(-8);
  });

  test("nobody counted is 0; many are read in the order asked for", async () => {
    const counters = openCounters(target);
    await Promise.all([counters.increment("a", 1), counters.increment("b", 2)]);
    expect(await counters.get("never")).toBe(0);
    expect(await counters.getMany(["b", "never", "a", "b"])).toEqual([2, 0, 1, 2]);
    expect(await counters.getMany([])).toEqual([]);
  });

  test("200 increments from 20 isolates at once are all there", async () => {
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const counters = openCounters(target);
        await Promise.all(Array.from({ length: 10 }, () => counters.increment("crowd", i)));
      }),
    );
    expect(await openCounters(target).get("crowd")).toBe(1_900);
  });

  test("a name with a colon reaches into no other counter", async () => {
    const counters = openCounters(target);
    await counters.increment("page:series", 5);
    await counters.increment("page", 1);
    expect(await counters.getMany(["page", "page:series"])).toEqual([1, 5]);
  });
});

describe("2^53 − 1", () => {
  test("is reached exactly, in both directions", async () => {
    const counters = openCounters(target);
    await counters.increment("top", MOST - 1);
    expect(await counters.increment("top", 1)).toEqual(counted(MOST));
    expect(await counters.get("top")).toBe(MOST);
    expect(await counters.increment("bottom", -MOST)).toEqual(counted(-MOST));
    expect(await counters.series("top", "day", 1)).toMatchObject([{ value: MOST }]);
  });

  test.each([
    ["one more", MOST, 1],
    ["twice as much", MOST, MOST],
    ["one less than the least", -MOST, -1],
  ])("%s is refused, and changes neither the value nor the series", async (what, start, by) => {
    const counters = openCounters(target);
    const name = `full:${what.replaceAll(" ", "-")}`;
    await counters.increment(name, start);
    expect(await counters.increment(name, by)).toEqual(refused);
    expect(await counters.increment(name, by, { idempotencyKey: "k" })).toEqual(refused);
    expect(await counters.get(name)).toBe(start);
    for (const bucket of ["minute", "hour", "day"] as const) {
      const points = await counters.series(name, bucket, 2);
      expect(points.reduce((sum, { value }) => sum + value, 0)).toBe(start);
    }
  });

  test("a bucket that would leave the range, though the counter would not, is refused", async () => {
    let now = Date.UTC(2026, 10, 1, 12);
    const counters = openCounters(target, { now: () => now });
    await counters.increment("swing", -MOST);
    now += 86_400_000;
    await counters.increment("swing", MOST);
    expect(await counters.increment("swing", 1)).toEqual(refused);
    expect(await counters.get("swing")).toBe(0);
    now += 86_400_000;
    expect(await counters.increment("swing", 1)).toEqual(counted(1));
  });

  test.each([0.5, 2 ** 53, -(2 ** 53), Number.NaN, Number.POSITIVE_INFINITY])(
    "%s is no step: refused before Redis is asked",
    async (by) => {
      proxy.reset();
      await expect(openCounters({ ...target, url: proxy.url }).increment("odd", by)).rejects.toThrow(
        RangeError,
      );
      expect(proxy.requests).toBe(0);
    },
  );
});

describe("a name that is none", () => {
  test.each(["", "a b", "{a}", "x".repeat(129)])("%j is refused by every call", async (name) => {
    const counters = openCounters(target);
    const bad = { name: "InvalidNameError" };
    await expect(counters.increment(name)).rejects.toMatchObject(bad);
    await expect(counters.get(name)).rejects.toMatchObject(bad);
    await expect(counters.getMany(["a", name])).rejects.toMatchObject(bad);
    await expect(counters.series(name, "day")).rejects.toMatchObject(bad);
    await expect(counters.visit(name, "v")).rejects.toMatchObject(bad);
    await expect(counters.delete(name)).rejects.toMatchObject(bad);
  });
});

describe("a Redis that is away", () => {
  test.each([
    ["refuse", "network"],
    ["hang", "timeout"],
    ["status500", "http"],
    ["garbage", "protocol"],
  ] as const)(
    "%s: every call says so, in bounded time, and works again when it is back",
    async (mode, reason) => {
      const counters = openCounters({ ...target, url: proxy.url }, { timeoutMs: 200 });
      proxy.mode = mode;
      const started = Date.now();
      const away = { name: "RedisUnavailableError", reason };
      await expect(counters.increment("away")).rejects.toMatchObject(away);
      await expect(counters.get("away")).rejects.toMatchObject(away);
      expect(Date.now() - started).toBeLessThan(1_000);
      proxy.mode = "pass";
      expect(await counters.get("away")).toBe(0);
    },
  );
});
