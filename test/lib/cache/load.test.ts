import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createGate, createClock, openIsolate } from "../../support/cache.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

let names = 0;
/** A key no other test has. */
const newKey = () => `key:${(names += 1)}`;

describe("a miss and a hit", () => {
  test("the first read loads and stores, the second is served from Redis, in another isolate too", async () => {
    const key = newKey();
    const clock = createClock();
    const first = openIsolate(target, { now: clock.now });
    expect(await first.cache.load(key, async () => ({ price: 1 }))).toEqual({
      value: { price: 1 },
      status: { kind: "miss", stored: true, collapsed: false },
    });
    clock.advance(60);
    const second = openIsolate(target, { now: clock.now });
    expect(await second.cache.load(key, () => Promise.reject(new Error("not asked")))).toEqual({
      value: { price: 1 },
      status: { kind: "hit", ttlSeconds: 240 },
    });
  });

  test.each([
    ["007"],
    [undefined],
    [new Date(0)],
    [new Map([["a", new Set([1n])]])],
    [new Uint8Array([0, 255])],
  ])("%s comes back as it went in", async (value) => {
    const key = newKey();
    const { cache } = openIsolate(target);
    await cache.load(key, async () => [value]);
    const { value: back, status } = await cache.load(key, async () => ["not asked"]);
    expect(status.kind).toBe("hit");
    expect(back).toStrictEqual([value]);
  });

  test("what the loader throws reaches the caller as it was, and nothing is stored", async () => {
    const key = newKey();
    const isolate = openIsolate(target);
    const broken = new RangeError("the origin says no");
    await expect(isolate.cache.load(key, () => Promise.reject(broken))).rejects.toBe(broken);
    await isolate.settled();
    const next = await isolate.cache.load(key, async () => 1);
    expect(next.status).toEqual({ kind: "miss", stored: true, collapsed: false });
  });

  test("keys and tags that are no names are refused before Redis is asked", async () => {
    const isolate = openIsolate(target);
    await expect(isolate.cache.load("a b", async () => 1)).rejects.toThrow("key must be");
    await expect(isolate.cache.load(newKey(), async () => 1, { tags: ["{x}"] })).rejects.toThrow(
      "tag must be",
    );
    expect(isolate.redis.meter.requests).toBe(0);
  });
});

describe("what is missing", () => {
  test("is remembered for a time of its own", async () => {
    const key = newKey();
    const clock = createClock();
    const { cache } = openIsolate(target, { now: clock.now, missingTtlSeconds: 30 });
    await cache.load(key, async () => null);
    clock.advance(29);
    expect(await cache.load(key, async () => "not asked")).toMatchObject({
      value: null,
      status: { kind: "hit" },
    });
    clock.advance(1);
    expect(await cache.load(key, async () => "it came")).toMatchObject({
      value: "it came",
      status: { kind: "miss" },
    });
  });

  test("is not remembered where that time is 0", async () => {
    const key = newKey();
    const { cache } = openIsolate(target, { missingTtlSeconds: 0 });
    const { status } = await cache.load(key, async () => null);
    expect(status).toEqual({ kind: "miss", stored: false, collapsed: false });
    expect(await cache.load(key, async () => "it came")).toMatchObject({ value: "it came" });
  });

  test("takes a stale entry's place: what is gone is not served again", async () => {
    const key = newKey();
    const clock = createClock();
    const { cache } = openIsolate(target, {
      now: clock.now,
      staleIfErrorSeconds: 1_000,
      missingTtlSeconds: 0,
    });
    await cache.load(key, async () => "here");
    clock.advance(301);
    await cache.load(key, async () => null);
    await expect(cache.load(key, () => Promise.reject(new Error("down")))).rejects.toThrow("down");
  });
});

describe("an expired entry", () => {
  test("is served while it is loaded anew behind the answer, once", async () => {
    const key = newKey();
    const clock = createClock();
    const options = { now: clock.now, staleWhileRevalidateSeconds: 60 };
    const one = openIsolate(target, options);
    const other = openIsolate(target, options);
    await one.cache.load(key, async () => "old");
    clock.advance(301);

    const gate = createGate<string>();
    let loads = 0;
    const load = () => {
      loads += 1;
      return gate.opened;
    };
    const stale = { value: "old", status: { kind: "stale", because: "revalidating" } };
    expect(await one.cache.load(key, load)).toEqual(stale);
    await expect.poll(() => loads).toBe(1);
    expect(await other.cache.load(key, load)).toEqual(stale);
    await other.settled();
    expect(loads).toBe(1);
    gate.open("new");
    await one.settled();
    expect(await other.cache.load(key, load)).toMatchObject({ value: "new", status: { kind: "hit" } });
  });

  test("stays when the refresh fails, and the failure is told", async () => {
    const key = newKey();
    const clock = createClock();
    const isolate = openIsolate(target, { now: clock.now, staleWhileRevalidateSeconds: 60 });
    await isolate.cache.load(key, async () => "old");
    clock.advance(301);
    const down = new Error("down");
    for (let i = 0; i < 2; i += 1) {
      expect(await isolate.cache.load(key, () => Promise.reject(down))).toMatchObject({
        value: "old",
        status: { kind: "stale", because: "revalidating" },
      });
      await isolate.settled();
    }
    const failed = { type: "refresh-failed", key, error: down };
    expect(isolate.events).toEqual([failed, failed]);
  });

  test("stands in for an origin that fails, and not for one that answers", async () => {
    const key = newKey();
    const clock = createClock();
    const { cache } = openIsolate(target, { now: clock.now, staleIfErrorSeconds: 60 });
    await cache.load(key, async () => "old");
    clock.advance(301);
    expect(await cache.load(key, () => Promise.reject(new Error("down")))).toEqual({
      value: "old",
      status: { kind: "stale", because: "origin-error" },
    });
    expect(await cache.load(key, async () => "new")).toMatchObject({
      value: "new",
      status: { kind: "miss" },
    });
  });

  test("past all its times is not served any more", async () => {
    const key = newKey();
    const clock = createClock();
    const { cache } = openIsolate(target, { now: clock.now, staleIfErrorSeconds: 60 });
    await cache.load(key, async () => "old");
    clock.advance(361);
    await expect(cache.load(key, () => Promise.reject(new Error("down")))).rejects.toThrow("down");
  });

  test("leaves Redis when its last time is over", async () => {
    const key = newKey();
    const isolate = openIsolate(target, { staleIfErrorSeconds: 60 });
    await isolate.cache.load(key, async () => 1);
    const ttl = await isolate.redis.send<number>((p) => p.pttl(`${target.prefix}:cache:{${key}}`));
    expect(ttl).toBeGreaterThan(350_000);
    expect(ttl).toBeLessThanOrEqual(360_000);
  });
});

test("an entry that took long to load is loaded anew by chance before it expires, and served meanwhile", async () => {
  const key = newKey();
  const clock = createClock();
  let luck = 0;
  const isolate = openIsolate(target, { now: clock.now, earlyRefresh: 1, random: () => luck });
  await isolate.cache.load(key, async () => {
    clock.advance(10);
    return "old";
  });
  clock.advance(280);
  expect(await isolate.cache.load(key, async () => "new")).toMatchObject({ value: "old" });
  await isolate.settled();
  expect(await isolate.cache.load(key, async () => "newer")).toMatchObject({ value: "old" });
  // -ln(1 - 0.9) is 2.3: of a load of 10 s, 23 s ahead of the end, which is 20 s away.
  luck = 0.9;
  expect(await isolate.cache.load(key, async () => "new")).toMatchObject({
    value: "old",
    status: { kind: "hit" },
  });
  await isolate.settled();
  luck = 0;
  expect(await isolate.cache.load(key, async () => "newer")).toMatchObject({
    value: "new",
    status: { kind: "hit" },
  });
});

test("entries stored together do not expire together", async () => {
  const clock = createClock();
  const { cache } = openIsolate(target, { now: clock.now, jitter: 0.1 });
  const keys = Array.from({ length: 40 }, newKey);
  await Promise.all(keys.map((key) => cache.load(key, async () => 1)));
  const ends = await Promise.all(keys.map(async (key) => (await cache.load(key, async () => 1)).status));
  const ttls = new Set(ends.map((status) => (status.kind === "hit" ? status.ttlSeconds : Number.NaN)));
  expect(ttls.size).toBeGreaterThan(10);
  for (const ttl of ttls) expect(ttl).toBeGreaterThanOrEqual(270);
  for (const ttl of ttls) expect(ttl).toBeLessThanOrEqual(330);
});

describe("what cannot be stored", () => {
  test("is answered all the same: a value too large", async () => {
    const key = newKey();
    const isolate = openIsolate(target, { maxLength: 1_000 });
    const large = "x".repeat(1_000);
    const status = { kind: "miss", stored: false, collapsed: false };
    expect(await isolate.cache.load(key, async () => large)).toEqual({ value: large, status });
    expect(isolate.events).toEqual([{ type: "not-stored", key, because: "too-large" }]);
    // And nobody waits for it: the lease is given back.
    expect(await isolate.cache.load(key, async () => large)).toEqual({ value: large, status });
  });

  test("is answered all the same: a value without a text", async () => {
    const key = newKey();
    const isolate = openIsolate(target);
    const value = { call: () => 1 };
    expect((await isolate.cache.load(key, async () => value)).value).toBe(value);
    expect(isolate.events).toEqual([{ type: "not-stored", key, because: "not-encodable" }]);
  });
});

describe("what is not ours under an entry's key", () => {
  test.each([
    ["a text of somebody else", "hello"],
    ["an entry that was cut off", `0123456789abcdef[9e15,9e15,9e15,1]\n[{"a":`],
  ])("%s is a miss, and is replaced", async (_what, text) => {
    const key = newKey();
    const isolate = openIsolate(target);
    await isolate.redis.send((p) => p.set(`${target.prefix}:cache:{${key}}`, text));
    expect(await isolate.cache.load(key, async () => "new")).toMatchObject({ value: "new" });
    expect(await isolate.cache.load(key, async () => "newer")).toMatchObject({ value: "new" });
  });

  test("a list does not fail the read", async () => {
    const key = newKey();
    const isolate = openIsolate(target);
    await isolate.redis.send((p) => p.rpush(`${target.prefix}:cache:{${key}}`, "x"));
    expect(await isolate.cache.load(key, async () => "value")).toMatchObject({ value: "value" });
  });
});
