import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createGate, openIsolate } from "../../support/cache.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../support/redis.ts";

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

const tags = ["shelf"];
const affected = { keys: ["book"], tags };
const bypass = { kind: "bypass", because: "write-in-progress" };

describe("while the origin is being written", () => {
  test("reads of its key and of its tags ask the origin and store nothing; afterwards they are cached again", async () => {
    const writer = openIsolate(target);
    const reader = openIsolate(target);
    let origin = "old";
    const read = (key: string, options = {}) => reader.cache.load(key, async () => origin, options);
    await read("book");
    await read("list", { tags });

    const gate = createGate();
    let writing = false;
    const write = writer.cache.write(affected, async () => {
      writing = true;
      await gate.opened;
      origin = "new";
      return "written";
    });
    await expect.poll(() => writing).toBe(true);
    expect(await read("book")).toEqual({ value: "old", status: bypass });
    expect(await read("list", { tags })).toEqual({ value: "old", status: bypass });
    expect(await writer.cache.set("book", "x")).toBe(false);
    expect(await writer.cache.set("list", "x", { tags })).toBe(false);
    gate.open();
    expect(await write).toBe("written");

    expect(await read("book")).toMatchObject({ value: "new", status: { kind: "miss", stored: true } });
    expect(await read("list", { tags })).toMatchObject({
      value: "new",
      status: { kind: "miss", stored: true },
    });
  });

  test("a write that fails is told, and ends the marks", async () => {
    const { cache } = openIsolate(target);
    const failed = new Error("constraint");
    await expect(cache.write(affected, () => Promise.reject(failed))).rejects.toBe(failed);
    expect(await cache.load("book", async () => 1)).toMatchObject({ status: { kind: "miss", stored: true } });
  });

  test("two writers: the end of one does not end the other's mark", async () => {
    const [one, other, reader] = [openIsolate(target), openIsolate(target), openIsolate(target)];
    const gate = createGate();
    let writing = false;
    const long = one.cache.write(affected, () => {
      writing = true;
      return gate.opened;
    });
    await expect.poll(() => writing).toBe(true);
    await other.cache.write(affected, async () => undefined);
    expect(await reader.cache.load("book", async () => 1)).toMatchObject({ status: bypass });
    expect(await reader.cache.load("list", async () => 1, { tags })).toMatchObject({ status: bypass });
    gate.open();
    await long;
    expect(await reader.cache.load("book", async () => 1)).toMatchObject({ status: { stored: true } });
  });

  test("a writer killed in between leaves reads that bypass, never stale ones, until its time is over", async () => {
    const killed = openIsolate(target, { writeSeconds: 0.3 });
    const reader = openIsolate(target);
    let origin = "old";
    const read = () => reader.cache.load("book", async () => origin);
    await read();
    let written = false;
    // Never resolves: as if the isolate had gone between the origin's answer and the end of the write.
    void killed.cache.write(affected, () => {
      origin = "new";
      written = true;
      return new Promise<void>(() => {});
    });
    await expect.poll(() => written).toBe(true);
    expect(await read()).toEqual({ value: "new", status: bypass });
    await expect.poll(async () => (await read()).status.kind, { timeout: 5_000 }).toBe("hit");
    expect((await read()).value).toBe("new");
  });

  test("another's write under the same tag does not prolong a killed one's mark", async () => {
    let at = Date.now();
    const now = () => at;
    const killed = openIsolate(target, { now, writeSeconds: 60 });
    let writing = false;
    void killed.cache.write(affected, () => {
      writing = true;
      return new Promise<void>(() => {});
    });
    await expect.poll(() => writing).toBe(true);
    at += 60_000;
    const { cache } = openIsolate(target, { now });
    await cache.write(affected, async () => undefined);
    expect(await cache.load("book", async () => 1)).toMatchObject({ status: { stored: true } });
  });
});

describe("a write with Redis away", () => {
  test.each(["refuse", "status500", "garbage"] as const)(
    "%s: refused before anything is written",
    async (mode) => {
      proxy.mode = mode;
      const { cache } = openIsolate({ ...target, url: proxy.url });
      let written = false;
      const write = cache.write(affected, async () => {
        written = true;
      });
      await expect(write).rejects.toMatchObject({ name: "RedisUnavailableError" });
      expect(written).toBe(false);
      proxy.mode = "pass";
    },
  );

  test("gone in the middle: the write stands, and no read sees what was before", async () => {
    const writer = openIsolate({ ...target, url: proxy.url }, { writeSeconds: 0.3 });
    const reader = openIsolate(target);
    let origin = "old";
    const read = () => reader.cache.load("middle", async () => origin);
    await read();
    const result = await writer.cache.write({ keys: ["middle"] }, async () => {
      origin = "new";
      proxy.mode = "refuse";
      return "written";
    });
    expect(result).toBe("written");
    expect(writer.events).toMatchObject([{ type: "redis-unavailable", during: "write" }]);
    expect(await read()).toEqual({ value: "new", status: bypass });
    proxy.mode = "pass";
    await expect.poll(async () => (await read()).status.kind, { timeout: 5_000 }).toBe("hit");
  });

  test("the answer to its beginning lost: nothing is written, and the marks do not stay", async () => {
    proxy.mode = "dropResponse";
    const writer = openIsolate({ ...target, url: proxy.url });
    const write = writer.cache.write({ keys: ["lost"] }, async () => "written");
    await expect(write).rejects.toMatchObject({ name: "RedisUnavailableError", reason: "network" });
    await writer.settled();
    proxy.mode = "pass";
    expect(await openIsolate(target).cache.load("lost", async () => 1)).toMatchObject({
      status: { stored: true },
    });
  });
});
