import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
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

  test("and another step, or another request where the caller says what it is, counts nothing", async () => {
    const counters = openCounters(target);
    await counters.increment("other", 5, once);
    expect(await counters.increment("other", 6, once)).toEqual({ kind: "other-request" });
    expect(await counters.increment("other", 5, once)).toEqual(repeat(5));
    await counters.increment("other", 1, { idempotencyKey: "b", request: "body" });
    expect(await counters.increment("other", 1, { idempotencyKey: "b", request: "" })).toEqual({
      kind: "other-request",
    });
    expect(await counters.increment("other", 2, { idempotencyKey: "b", request: "body" })).toEqual(repeat(6));
    expect(await counters.get("other")).toBe(6);
  });

  test("that was refused stays refused, though there is room by now; another key counts", async () => {
    const counters = openCounters(target);
    await counters.increment("brim", Number.MAX_SAFE_INTEGER);
    expect(await counters.increment("brim", 1, once)).toEqual({ kind: "out-of-range", repeated: false });
    await counters.increment("brim", -1);
    expect(await counters.increment("brim", 1, once)).toEqual({ kind: "out-of-range", repeated: true });
    expect(await counters.increment("brim", 1, { idempotencyKey: "another" })).toEqual(
      first(Number.MAX_SAFE_INTEGER),
    );
    expect(await counters.increment("brim", 1, { idempotencyKey: "another" })).toEqual(
      repeat(Number.MAX_SAFE_INTEGER),
    );
  });

  test("is not counted anew where its counter was deleted meanwhile", async () => {
    const counters = openCounters(target);
    await counters.increment("gone", 5, once);
    await counters.delete("gone");
    expect(await counters.increment("gone", 5, once)).toEqual(repeat(5));
    expect(await counters.get("gone")).toBe(0);
  });
});

test("the key itself is nowhere in Redis; what stands for it is kept for 24 hours, then counts anew", async () => {
  const counters = openCounters({ ...target, url: proxy.url });
  proxy.reset();
  await counters.increment("secret", 1, { idempotencyKey: "tok-in-clear" });
  expect(JSON.stringify(proxy.seen)).not.toContain("tok-in-clear");

  const ask = async (...words: string[]) =>
    (await target.engine.pipeline([words.map((word) => Buffer.from(word))]))[0];
  const id = createHash("sha256").update("tok-in-clear").digest("hex");
  const key = `${target.prefix}:counter:{secret}:used:${id}`;
  const ttl = Number(await ask("PTTL", key));
  expect(ttl).toBeGreaterThan(86_300_000);
  expect(ttl).toBeLessThanOrEqual(86_400_000);
  await ask("PEXPIRE", key, "1");
  await vi.waitFor(async () => expect(await ask("EXISTS", key)).toBe(0));
  expect(await counters.increment("secret", 1, { idempotencyKey: "tok-in-clear" })).toEqual(first(2));
});
