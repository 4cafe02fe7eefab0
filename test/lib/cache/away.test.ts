import { afterEach, afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBreaker } from "../../../lib/redis/index.ts";
import { openIsolate } from "../../support/cache.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../support/redis.ts";

let target: TestRedis;
let proxy: FaultProxy;
beforeAll(async () => {
  target = await startRedis();
  proxy = await startFaultProxy(target.url);
});
afterEach(() => {
  proxy.mode = "pass";
});
afterAll(async () => {
  await proxy.close();
  await target.close();
});

const bypass = { kind: "bypass", because: "redis-unavailable" };

describe("a Redis that is away", () => {
  test.each([
    ["refuse", "network"],
    ["hang", "timeout"],
    ["status500", "http"],
    ["garbage", "protocol"],
    ["dropResponse", "network"],
  ] as const)(
    "%s: the read is answered by the origin, in bounded time, and the reason is told",
    async (mode, reason) => {
      const isolate = openIsolate({ ...target, url: proxy.url }, { timeoutMs: 200 });
      await isolate.cache.load("away", async () => "cached");
      proxy.mode = mode;
      const started = Date.now();
      expect(await isolate.cache.load("away", async () => "origin")).toEqual({
        value: "origin",
        status: bypass,
      });
      expect(Date.now() - started).toBeLessThan(1_000);
      expect(isolate.events).toMatchObject([
        { type: "redis-unavailable", during: "read", error: { reason } },
      ]);
      proxy.mode = "pass";
      expect(await isolate.cache.load("away", async () => "origin")).toMatchObject({ value: "cached" });
    },
  );

  test("gone between the read and the lease: the origin answers", async () => {
    const breaker = createBreaker();
    let requests = 0;
    const allows = () => {
      requests += 1;
      if (requests === 2) proxy.mode = "refuse";
      return breaker.allows();
    };
    const isolate = openIsolate({ ...target, url: proxy.url }, { breaker: { ...breaker, allows } });
    expect(await isolate.cache.load("gone:1", async () => "origin")).toEqual({
      value: "origin",
      status: bypass,
    });
    expect(requests).toBe(2);
  });

  test("gone while the origin is asked: its answer is given, and not stored", async () => {
    const isolate = openIsolate({ ...target, url: proxy.url });
    const { value, status } = await isolate.cache.load("gone:2", async () => {
      proxy.mode = "refuse";
      return "origin";
    });
    expect({ value, status }).toEqual({
      value: "origin",
      status: { kind: "miss", stored: false, collapsed: false },
    });
    expect(isolate.events).toMatchObject([{ type: "redis-unavailable", during: "store" }]);
  });

  test("the origin's own failure is the caller's, not Redis's", async () => {
    proxy.mode = "refuse";
    const isolate = openIsolate({ ...target, url: proxy.url });
    await expect(isolate.cache.load("both", () => Promise.reject(new Error("origin down")))).rejects.toThrow(
      "origin down",
    );
  });

  test("get, set, delete and tags say that Redis is away, and do not pretend", async () => {
    proxy.mode = "status500";
    const { cache } = openIsolate({ ...target, url: proxy.url });
    const away = { name: "RedisUnavailableError" };
    await expect(cache.get("k")).rejects.toMatchObject(away);
    await expect(cache.set("k", 1)).rejects.toMatchObject(away);
    await expect(cache.delete("k")).rejects.toMatchObject(away);
    await expect(cache.invalidateTags("k")).rejects.toMatchObject(away);
    await expect(cache.deletePattern("*")).rejects.toMatchObject(away);
  });
});
