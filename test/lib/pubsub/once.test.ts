// Publishing with an idempotency key, and with a Redis that fails.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  startFaultProxy,
  startRedis,
  type FaultMode,
  type FaultProxy,
  type TestRedis,
} from "../../support/redis.ts";
import { ask, openLog, type Target } from "./open.ts";

let redis: TestRedis;
let proxy: FaultProxy;
let target: Target;
let logs = 0;
beforeAll(async () => {
  redis = await startRedis();
  proxy = await startFaultProxy(redis.url);
});
afterAll(async () => {
  await proxy.close();
  await redis.close();
});
beforeEach(() => {
  logs += 1;
  target = { url: proxy.url, token: redis.token, prefix: `${redis.prefix}once${logs}` };
});
afterEach(() => {
  proxy.mode = "pass";
});

const once = { idempotencyKey: "order 7, paid – ⟲" };
const first = { kind: "published", repeated: false };
const data = async () => (await openLog(target).read("*")).events.map((event) => event.data);

describe("an idempotency key", () => {
  test("publishes once; a repeat is given the id, and starts no dispatch", async () => {
    const log = openLog(target);
    const outcome = await log.publish("shop:orders", 1, once);
    expect(outcome).toMatchObject(first);
    await log.publish("shop:orders", 2);
    expect(await log.publish("shop:orders", 1, once)).toEqual({ ...outcome, repeated: true, start: false });
    expect(await data()).toEqual([1, 2]);
  });

  test("is another on another channel", async () => {
    const log = openLog(target);
    await log.publish("shop:orders", 1, once);
    expect(await log.publish("shop:refunds", 2, once)).toMatchObject(first);
    expect(await data()).toEqual([1, 2]);
  });

  test("with another request publishes nothing", async () => {
    const log = openLog(target);
    await log.publish("shop:orders", 1, { ...once, request: "a" });
    expect(await log.publish("shop:orders", 2, { ...once, request: "b" })).toEqual({ kind: "other-request" });
    expect(await log.publish("shop:orders", 2, once)).toEqual({ kind: "other-request" });
    expect(await log.publish("shop:orders", 1, { ...once, request: "a" })).toMatchObject({ repeated: true });
    expect(await data()).toEqual([1]);
  });

  test("used 20 times at once by 20 isolates publishes once, and all are given its id", async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => openLog(target).publish("shop:orders", 1, once)),
    );
    expect(outcomes.filter((outcome) => outcome.kind === "published" && !outcome.repeated)).toHaveLength(1);
    expect(
      new Set(outcomes.map((outcome) => (outcome.kind === "published" ? outcome.id : "none"))).size,
    ).toBe(1);
    expect(await data()).toEqual([1]);
  });

  test("is nowhere in Redis, and what stands for it is forgotten after a day", async () => {
    proxy.reset();
    await openLog(target).publish("shop:orders", 1, { idempotencyKey: "tok-in-clear" });
    expect(JSON.stringify(proxy.seen)).not.toContain("tok-in-clear");
    const key = proxy.seen
      .flatMap(({ commands }) => commands.flat())
      .find((word) => word.includes(":published:"));
    const ttl = Number(await ask(redis.engine, "TTL", key ?? ""));
    expect(ttl).toBeGreaterThan(86_390);
    expect(ttl).toBeLessThanOrEqual(86_400);
  });
});

describe("with a Redis that fails", () => {
  test.each(["refuse", "hang", "status500", "garbage"] satisfies FaultMode[])(
    "(%s) publishing rejects, and nothing is published",
    async (mode) => {
      const log = openLog(target, { timeoutMs: mode === "hang" ? 100 : 5_000 });
      await log.publish("news", "before");
      proxy.mode = mode;
      await expect(log.publish("news", "lost")).rejects.toMatchObject({ name: "RedisUnavailableError" });
      await expect(log.read("news")).rejects.toMatchObject({ name: "RedisUnavailableError" });
      proxy.mode = "pass";
      expect(await data()).toEqual(["before"]);
    },
  );

  test("a publish whose answer was lost is there; the repeat with its key publishes nothing and is given its id", async () => {
    const log = openLog(target);
    await log.publish("news", "warm");
    proxy.mode = "dropResponse";
    await expect(log.publish("news", "lost", once)).rejects.toMatchObject({ name: "RedisUnavailableError" });
    proxy.mode = "pass";
    const { events } = await log.read("news");
    expect(await log.publish("news", "lost", once)).toEqual({
      kind: "published",
      id: events[1]?.id,
      repeated: true,
      start: false,
    });
    expect(await data()).toEqual(["warm", "lost"]);
  });

  test("a publish is never sent twice by itself: one without a key may count once, or not at all", async () => {
    const log = openLog(target);
    await log.publish("news", "warm");
    proxy.reset();
    proxy.mode = "dropResponse";
    await expect(log.publish("news", "lost")).rejects.toMatchObject({ name: "RedisUnavailableError" });
    expect(proxy.requests).toBe(1);
    proxy.mode = "pass";
    expect(await data()).toEqual(["warm", "lost"]);
  });
});
