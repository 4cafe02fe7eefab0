import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createReadTokens } from "../../../lib/pubsub/index.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../support/redis.ts";
import { ask, openRedis } from "./open.ts";

let redis: TestRedis;
let proxy: FaultProxy;
beforeAll(async () => {
  redis = await startRedis();
  proxy = await startFaultProxy(redis.url);
});
afterAll(async () => {
  await proxy.close();
  await redis.close();
});

const open = (now?: () => number) =>
  createReadTokens({
    redis: openRedis({ ...redis, url: proxy.url }),
    prefix: `${redis.prefix}tokens`,
    ...(now && { now }),
  });

describe("a read token", () => {
  test.each([
    ["user:42", "user:42", "allowed"],
    ["user:42", "user:43", "other-pattern"],
    ["user:42", "user:*", "other-pattern"],
    ["user:*", "user:*", "allowed"],
    ["user:*", "user:42", "allowed"],
    ["user:*", "user:", "allowed"],
    ["user:*", "order:42", "other-pattern"],
    ["user:*", "*", "other-pattern"],
    // All of it is covered, and yet it is another pattern.
    ["user:*", "user:4*", "other-pattern"],
    ["user:?", "user:?", "allowed"],
    ["user:*", "user:?", "other-pattern"],
    ["user:*", "user:\\*", "other-pattern"],
    ["*", "anything", "allowed"],
  ])("of %s says of %s: %s", async (own, asked, expected) => {
    const tokens = open();
    const { token } = await tokens.issue(own);
    expect(await tokens.permits(token, asked)).toBe(expected);
  });

  test("ends by itself after its time, which is five minutes where nothing is said", async () => {
    const now = Date.UTC(2026, 10, 1);
    const tokens = open(() => now);
    const { token, expiresAt } = await tokens.issue("news");
    expect(expiresAt.getTime()).toBe(now + 300_000);
    proxy.reset();
    await tokens.permits(token, "news");
    const key = proxy.seen[0]?.commands[0]?.[1] ?? "";
    expect(Number(await ask(redis.engine, "TTL", key))).toBeGreaterThan(290);
    await ask(redis.engine, "PEXPIRE", key, "0");
    expect(await tokens.permits(token, "news")).toBe("unknown");
  });

  test("is not in Redis, only its hash is", async () => {
    proxy.reset();
    const tokens = open();
    const { token } = await tokens.issue("news");
    await tokens.permits(token, "news");
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(JSON.stringify(proxy.seen)).not.toContain(token);
  });

  test.each(["", "x", "a".repeat(43), "a".repeat(44), `${"a".repeat(42)}*`])(
    "that was never issued says nothing: %j",
    async (token) => {
      expect(await open().permits(token, "news")).toBe("unknown");
    },
  );

  test.each([0, 3_601, 1.5, -1, Number.NaN])("is not issued for %d seconds", async (ttl) => {
    await expect(open().issue("news", ttl)).rejects.toThrow(RangeError);
  });

  test("is not issued for what is no pattern", async () => {
    await expect(open().issue("a b")).rejects.toMatchObject({ name: "InvalidNameError", field: "pattern" });
  });
});
