import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createClock, createGate, openIsolate } from "../../support/cache.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

describe("set, get, getMany", () => {
  test("what was set is there until its time is over", async () => {
    const clock = createClock();
    const { cache } = openIsolate(target, { now: clock.now });
    expect(await cache.set("s", { a: 1 }, { ttlSeconds: 10, tags: ["t"] })).toBe(true);
    expect(await cache.get("s", { tags: ["t"] })).toEqual({ a: 1 });
    clock.advance(10);
    expect(await cache.get("s", { tags: ["t"] })).toBeUndefined();
  });

  test("many in one command, in their order, holes where there is nothing", async () => {
    const isolate = openIsolate(target);
    await isolate.cache.set("m:1", "one");
    await isolate.cache.set("m:3", "three");
    const before = isolate.redis.meter.commands;
    expect(await isolate.cache.getMany(["m:3", "m:2", "m:1"])).toEqual(["three", undefined, "one"]);
    expect(isolate.redis.meter.commands - before).toBe(1);
    expect(await isolate.cache.getMany([])).toEqual([]);
  });

  test("a load under way does not store over what was set meanwhile", async () => {
    const isolate = openIsolate(target);
    const gate = createGate<string>();
    let asked = false;
    const load = isolate.cache.load("over", () => {
      asked = true;
      return gate.opened;
    });
    await expect.poll(() => asked).toBe(true);
    await openIsolate(target).cache.set("over", "set");
    gate.open("loaded");
    expect(await load).toMatchObject({ value: "loaded", status: { stored: false } });
    expect(await isolate.cache.get("over")).toBe("set");
  });

  test("a value too large is not set, and the caller is told", async () => {
    const isolate = openIsolate(target, { maxLength: 100 });
    expect(await isolate.cache.set("big", "x".repeat(100))).toBe(false);
    expect(await isolate.cache.get("big")).toBeUndefined();
  });
});

describe("wrap", () => {
  test("the function runs once per arguments; its key is the prefix and the arguments", async () => {
    const isolate = openIsolate(target);
    let calls = 0;
    const user = isolate.cache.wrap(
      "user",
      async (id: number) => {
        calls += 1;
        return { id };
      },
      { ttlSeconds: 600, tags: (id) => [`user-tag:${id}`] },
    );
    expect([await user(7), await user(7), await user(8)]).toEqual([{ id: 7 }, { id: 7 }, { id: 8 }]);
    expect(calls).toBe(2);
    expect(await isolate.cache.get("user:7", { tags: ["user-tag:7"] })).toEqual({ id: 7 });
    await isolate.cache.delete("user:7");
    await user(7);
    expect(calls).toBe(3);
  });

  test("different arguments never share a key", async () => {
    const isolate = openIsolate(target);
    const echo = isolate.cache.wrap("echo", async (...args: unknown[]) => args);
    const argument = fc.oneof(
      fc.string(),
      fc.boolean(),
      fc.constantFrom(null, undefined, "a:b", "~~", "~7e"),
      fc.bigInt(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(argument, { maxLength: 4 }), async (args) => {
        expect(await echo(...args)).toStrictEqual(args);
      }),
      { numRuns: 200 },
    );
    expect(await echo("a", "b")).toEqual(["a", "b"]);
    expect(await echo("a:b")).toEqual(["a:b"]);
    expect(await echo("x".repeat(500), 1)).toEqual(["x".repeat(500), 1]);
    expect(await echo("x".repeat(500), 2)).toEqual(["x".repeat(500), 2]);
    expect(await echo({ a: [1] })).toEqual([{ a: [1] }]);
    expect(await echo("~~[{}]")).toEqual(["~~[{}]"]);
  });
});
