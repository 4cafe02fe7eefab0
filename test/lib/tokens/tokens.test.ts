import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createBreaker, createConnection } from "../../../lib/redis/index.ts";
import { createTokens, type TokensOptions } from "../../../lib/tokens/index.ts";
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
beforeEach(() => {
  proxy.reset();
});

/** As one request of one isolate has it. */
function open(options: Partial<TokensOptions> = {}) {
  const breaker = createBreaker({ failures: 1_000 });
  const redis = createConnection({ url: proxy.url, token: target.token, timeoutMs: 5_000, breaker }).open();
  return createTokens({ redis, prefix: target.prefix, ...options });
}

const keyOf = (purpose: string, token: string) =>
  `${target.prefix}:token:{${createHash("sha256")
    .update(JSON.stringify([purpose, token]))
    .digest("hex")}}`;
const ask = async (...words: string[]) =>
  (await target.engine.pipeline([words.map((word) => Buffer.from(word))]))[0];

describe("a token", () => {
  test("is redeemed once, for its subject", async () => {
    const { token } = await open().issue("password-reset", "ada", 60);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(await open().redeem("password-reset", token)).toBe("ada");
    expect(await open().redeem("password-reset", token)).toBeNull();
  });

  test("tried for another purpose is not found, and not spent", async () => {
    const { token } = await open().issue("invitation", "ada", 60);
    expect(await open().redeem("password-reset", token)).toBeNull();
    expect(await open().redeem("invitation:", token)).toBeNull();
    expect(await open().redeem("invitation", token)).toBe("ada");
  });

  test("redeemed by 50 isolates at once is answered to one of them", async () => {
    const { token } = await open().issue("rush", "ada", 60);
    const answers = await Promise.all(Array.from({ length: 50 }, () => open().redeem("rush", token)));
    expect(answers.filter((answer) => answer !== null)).toEqual(["ada"]);
  });

  test("gives its subject back as it was, whatever it looks like", async () => {
    for (const subject of ["007", "null", '{"a":1}', "a\0b", "💥 é", "OK", ""]) {
      const { token } = await open().issue("texts", subject, 60);
      expect(await open().redeem("texts", token)).toBe(subject);
    }
  });

  test("is another each time", async () => {
    const issued = await Promise.all(Array.from({ length: 20 }, () => open().issue("many", "ada", 60)));
    expect(new Set(issued.map(({ token }) => token)).size).toBe(20);
  });

  test("is over when its time is", async () => {
    const now = Date.UTC(2026, 10, 1, 9);
    const { token, expiresAt } = await open({ now: () => now }).issue("short", "ada", 900);
    expect(expiresAt.toISOString()).toBe("2026-11-01T09:15:00.000Z");
    const key = keyOf("short", token);
    const ttl = Number(await ask("TTL", key));
    expect(ttl).toBeGreaterThan(890);
    expect(ttl).toBeLessThanOrEqual(900);
    await ask("PEXPIRE", key, "1");
    await vi.waitFor(async () => expect(await ask("EXISTS", key)).toBe(0));
    expect(await open().redeem("short", token)).toBeNull();
  });

  test("is nowhere in Redis itself", async () => {
    proxy.reset();
    const { token } = await open().issue("secret", "ada", 60);
    await open().redeem("secret", token);
    expect(proxy.requests).toBe(2);
    expect(JSON.stringify(proxy.seen)).not.toContain(token);
  });

  test("whose answer was lost at its redemption is spent", async () => {
    const { token } = await open().issue("lost", "ada", 60);
    proxy.mode = "dropResponse";
    await expect(open().redeem("lost", token)).rejects.toMatchObject({ name: "RedisUnavailableError" });
    proxy.mode = "pass";
    expect(await open().redeem("lost", token)).toBeNull();
  });
});

describe("what is no token", () => {
  test.each(["", "a", "a".repeat(42), "a".repeat(44), `${"a".repeat(42)} `, "é".repeat(43), "{}*?"])(
    "%j is not found, without a trip",
    async (token) => {
      proxy.reset();
      expect(await open().redeem("any", token)).toBeNull();
      expect(proxy.requests).toBe(0);
    },
  );

  test("made up is not found", async () => {
    expect(await open().redeem("any", "a".repeat(43))).toBeNull();
  });
});

test("refuses bad purposes, times and subjects", async () => {
  const tokens = open();
  for (const purpose of ["", "a b", "{a}", "x".repeat(129)]) {
    const fault = { name: "InvalidNameError", field: "purpose" };
    await expect(tokens.issue(purpose, "ada", 60)).rejects.toMatchObject(fault);
    await expect(tokens.redeem(purpose, "")).rejects.toMatchObject(fault);
  }
  for (const ttlSeconds of [0, -1, 1.5, 2_592_001, Number.NaN, Number.POSITIVE_INFINITY]) {
    await expect(tokens.issue("a", "ada", ttlSeconds)).rejects.toThrow(RangeError);
  }
  await expect(tokens.issue("a", "\udc00", 60)).rejects.toThrow(RangeError);
  expect(() => open({ prefix: "a b" })).toThrow(/prefix/);
});
