import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCacheMemory, type Cache } from "../../../lib/cache/index.ts";
import type { Redis } from "../../../lib/redis/index.ts";
import { createClock, createGate, openIsolate } from "../../support/cache.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

const loadList = async () => ({ list: [1] });

/** Every step of a pattern's deletion. */
async function deleteAll(cache: Cache, pattern: string): Promise<number> {
  let total = 0;
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const step = await cache.deletePattern(pattern, cursor);
    total += step.deleted;
    cursor = step.next;
  }
  return total;
}

const WAYS: [string, (cache: Cache, key: string) => Promise<unknown>][] = [
  ["by key", (cache, key) => cache.delete(key)],
  ["by tag", (cache) => cache.invalidateTags("tag:b")],
  ["by pattern", (cache, key) => deleteAll(cache, `${key}*`)],
  ["by namespace", (cache) => cache.clear()],
  ["by a write of its key", (cache, key) => cache.write({ keys: [key] }, async () => undefined)],
  ["by a write of its tag", (cache) => cache.write({ tags: ["tag:b"] }, async () => undefined)],
];
const options = { tags: ["tag:a", "tag:b"] };

describe.each(WAYS)("invalidated %s", (way, invalidate) => {
  const namespace = way.replaceAll(" ", "-");

  test("an entry is gone, for every isolate", async () => {
    const [one, other] = [openIsolate(target, { namespace }), openIsolate(target, { namespace })];
    await one.cache.load("gone", async () => "old", options);
    await invalidate(other.cache, "gone");
    expect(await one.cache.load("gone", async () => "new", options)).toMatchObject({ value: "new" });
    expect(await other.cache.load("gone", async () => "newer", options)).toMatchObject({ value: "new" });
  });

  test.each(["cold", "stale"])(
    "during a load, %s: the load is answered and not served to anybody else",
    async (state) => {
      const clock = createClock();
      const isolate = openIsolate(target, { namespace, now: clock.now, staleIfErrorSeconds: 1_000 });
      const key = `during:${state}`;
      if (state === "stale") await isolate.cache.load(key, async () => "older", options);
      clock.advance(301);

      const gate = createGate<string>();
      let asked = false;
      const read = isolate.cache.load(
        key,
        () => {
          asked = true;
          return gate.opened;
        },
        options,
      );
      await expect.poll(() => asked).toBe(true);
      await invalidate(openIsolate(target, { namespace }).cache, key);
      gate.open("old");
      expect(await read).toMatchObject({ value: "old" });
      const next = await isolate.cache.load(key, async () => "new", options);
      expect(next).toMatchObject({ value: "new", status: { kind: "miss" } });
    },
  );

  test("a stale entry does not stand in for an origin that fails", async () => {
    const clock = createClock();
    const { cache } = openIsolate(target, { namespace, now: clock.now, staleIfErrorSeconds: 1_000 });
    await cache.load("stand-in", async () => "old", options);
    clock.advance(301);
    await invalidate(cache, "stand-in");
    await expect(cache.load("stand-in", () => Promise.reject(new Error("down")), options)).rejects.toThrow(
      "down",
    );
  });

  // The races that nobody thought of. Reads, invalidations and changes of the origin, many at once: what is read by a
  // read that starts after an invalidation has ended is never older than that invalidation.
  test("among many readers at once no read that starts afterwards sees what was before", async () => {
    let origin = 0;
    let violations = 0;
    let hits = 0;
    const isolates = Array.from({ length: 8 }, () => openIsolate(target, { namespace }));
    const load = async () => {
      const seen = origin;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
      return seen;
    };
    let atLeast = 0;
    const race = { over: false };
    const readers = isolates.map(async ({ cache }) => {
      while (!race.over) {
        const floor = atLeast;
        const { value, status } = await cache.load("raced", load, options);
        if (value < floor) violations += 1;
        if (status.kind === "hit") hits += 1;
      }
    });
    const writer = openIsolate(target, { namespace });
    for (let i = 1; i <= 25; i += 1) {
      origin = i;
      await invalidate(writer.cache, "raced");
      atLeast = i;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 12));
    }
    // A slow machine may not have stored anything between two invalidations yet.
    await expect.poll(() => hits, { timeout: 5_000 }).toBeGreaterThan(0);
    race.over = true;
    await Promise.all(readers);
    expect(violations).toBe(0);
  });
});

describe("tags", () => {
  test("the same key under other tags is another matter: an entry is only served with its own", async () => {
    const { cache } = openIsolate(target);
    await cache.load("retagged", async () => "plain");
    expect(await cache.load("retagged", async () => "tagged", { tags: ["r"] })).toMatchObject({
      value: "tagged",
    });
  });

  test("a version that Redis has lost makes its entries invalid, never valid again", async () => {
    const isolate = openIsolate(target);
    await isolate.cache.load("evicted", async () => "old", { tags: ["lost"] });
    await isolate.redis.send((p) => p.del(`${target.prefix}:cache:tag:{lost}`));
    expect(await isolate.cache.load("evicted", async () => "new", { tags: ["lost"] })).toMatchObject({
      value: "new",
    });
  });

  test("invalidating one tag leaves the entries of others", async () => {
    const { cache } = openIsolate(target);
    await cache.load("left", async () => "old", { tags: ["x"] });
    await cache.invalidateTags("y", "z");
    expect(await cache.load("left", async () => "new", { tags: ["x"] })).toMatchObject({ value: "old" });
  });
});

describe("deleting by key and by pattern", () => {
  test("answers how many entries there were", async () => {
    const { cache } = openIsolate(target);
    for (const key of ["n:1", "n:2", "m:1"]) await cache.set(key, 1);
    expect(await cache.delete("n:1", "n:9")).toBe(1);
    expect(await deleteAll(cache, "n:*")).toBe(1);
    expect(await cache.getMany(["n:1", "n:2", "m:1"])).toEqual([undefined, undefined, 1]);
  });

  test("goes in steps over a keyspace larger than one step looks at", async () => {
    const { cache, redis } = openIsolate(target, { namespace: "many" });
    const prefix = target.prefix;
    // 12,000 entries: a step looks at about 10,000 keys.
    for (let batch = 0; batch < 12; batch += 1) {
      const pairs = Array.from({ length: 1_000 }, (_, i) => [`${prefix}:cache@many:{e:${batch}:${i}}`, "x"]);
      await redis.send((p) => p.mset(Object.fromEntries(pairs)));
    }
    const first = await cache.deletePattern("e:*");
    expect(first.next).not.toBeNull();
    expect(first.deleted).toBeGreaterThan(0);
    expect(first.deleted).toBeLessThan(12_000);
    let { deleted, next } = first;
    while (next !== null) {
      const step = await cache.deletePattern("e:*", next);
      deleted += step.deleted;
      next = step.next;
    }
    expect(deleted).toBe(12_000);
  });

  test("a pattern reaches entries and nothing else: no tag, no lease, no mark, no other namespace", async () => {
    const { cache, redis } = openIsolate(target, { namespace: "a" });
    const other = openIsolate(target, { namespace: "b" });
    await cache.load("k", async () => 1, { tags: ["t"] });
    await other.cache.load("k", async () => 1);
    const mark = `${target.prefix}:cache@a:{k}:mark`;
    await redis.send((p) => p.set(mark, "x"));
    for (const pattern of ["*", "*[k", "*[km"]) await deleteAll(cache, pattern);
    expect(await redis.send((p) => p.exists(mark, `${target.prefix}:cache@a:tag:{t}`))).toBe(2);
    expect(await other.cache.get("k")).toBe(1);
    expect(await cache.get("k", { tags: ["t"] })).toBeUndefined();
  });

  test("a load whose placeholder another's deletion has removed stores nothing: no pattern would find it", async () => {
    const reader = openIsolate(target);
    const gate = createGate<string>();
    let asked = false;
    const load = reader.cache.load("p:1", () => {
      asked = true;
      return gate.opened;
    });
    await expect.poll(() => asked).toBe(true);
    // The second half of a deletion whose first half, of the lease, came before this load.
    await reader.redis.send((p) => p.unlink(`${target.prefix}:cache:{p:1}`));
    await deleteAll(openIsolate(target).cache, "p:*");
    gate.open("old");
    expect(await load).toMatchObject({ value: "old", status: { stored: false } });
    expect(await reader.cache.load("p:1", async () => "new")).toMatchObject({ value: "new" });
  });

  test.each(["1; drop", "-1", "18446744073709551616", ""])(
    "a cursor that is none is refused: %j",
    async (cursor) => {
      const { cache } = openIsolate(target);
      await expect(cache.deletePattern("*", cursor)).rejects.toThrow("cursor must be");
    },
  );

  test("clear needs a namespace", async () => {
    await expect(openIsolate(target).cache.clear()).rejects.toThrow("namespace");
  });
});

describe("the tier in the isolate", () => {
  test("answers without a trip for its time, and asks again after it", async () => {
    const clock = createClock();
    const isolate = openIsolate(target, { now: clock.now, memory: createCacheMemory({ ttlSeconds: 5 }) });
    await isolate.cache.load("kept", async () => "old");
    await isolate.cache.load("kept", async () => "not asked");
    const trips = isolate.redis.meter.trips;
    await openIsolate(target).cache.set("kept", "new");
    clock.advance(4.9);
    expect(await isolate.cache.load("kept", async () => "not asked")).toMatchObject({
      value: "old",
      status: { kind: "hit" },
    });
    expect(isolate.redis.meter.trips).toBe(trips);
    clock.advance(0.1);
    expect(await isolate.cache.load("kept", async () => "not asked")).toMatchObject({ value: "new" });
  });

  test("what the caller does to a value does not reach the next one", async () => {
    const { cache } = openIsolate(target, { memory: createCacheMemory() });
    await cache.load("mutable", loadList);
    for (let i = 0; i < 2; i += 1) (await cache.load("mutable", loadList)).value.list.push(2);
    expect((await cache.load("mutable", loadList)).value).toEqual({ list: [1] });
  });

  test.each(WAYS)("the isolate's own invalidation %s is seen at once", async (way, invalidate) => {
    const namespace = `memory-${way.replaceAll(" ", "-")}`;
    const { cache } = openIsolate(target, { namespace, memory: createCacheMemory({ ttlSeconds: 60 }) });
    await cache.load("own", async () => "old", options);
    await cache.load("own", async () => "not asked", options);
    await invalidate(cache, "own");
    expect(await cache.load("own", async () => "new", options)).toMatchObject({ value: "new" });
  });

  test.each(WAYS)(
    "what was read before its own invalidation %s is not kept after it",
    async (way, invalidate) => {
      const namespace = `late-${way.replaceAll(" ", "-")}`;
      const memory = createCacheMemory({ ttlSeconds: 60 });
      const own = openIsolate(target, { namespace, memory });
      await own.cache.load("late", async () => "old", options);
      const gate = createGate();
      let read = false;
      const slow: Redis = {
        ...own.redis,
        async send<T>(add: Parameters<Redis["send"]>[0]) {
          const reply = await own.redis.send<T>(add);
          read = true;
          await gate.opened;
          return reply;
        },
      };
      const late = openIsolate(target, { namespace, memory, redis: slow }).cache.load(
        "late",
        async () => "x",
        options,
      );
      await expect.poll(() => read).toBe(true);
      await invalidate(own.cache, "late");
      gate.open();
      await late;
      expect(await own.cache.load("late", async () => "new", options)).toMatchObject({ value: "new" });
    },
  );

  test("keeps no more than it may, the least recently used goes first", async () => {
    const memory = createCacheMemory({ maxEntries: 2, ttlSeconds: 60 });
    const entry = {
      id: "",
      payload: null,
      freshUntil: 1e15,
      revalidateUntil: 0,
      usableUntil: 0,
      loadMs: 0,
      versions: [],
    };
    for (const key of ["a", "b"]) memory.put(key, entry, [], 0, memory.forgotten);
    memory.get("a", 1);
    memory.put("c", entry, [], 2, memory.forgotten);
    expect(["a", "b", "c"].filter((key) => memory.get(key, 3) !== undefined)).toEqual(["a", "c"]);
  });
});
