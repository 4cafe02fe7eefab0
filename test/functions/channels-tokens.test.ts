import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { createHarness, KEYS, problemOf, type Harness } from "./support/harness.ts";

let redis: TestRedis;
let harness: Harness;
let tests = 0;
beforeAll(async () => {
  redis = await startRedis();
});
afterEach(() => harness.settled());
afterAll(() => redis.close());
beforeEach(async () => {
  tests += 1;
  harness = createHarness({ redis, prefix: `${redis.prefix}channels-tokens${tests}` });
  for (const channel of ["user:1", "user:2", "order:1"]) {
    await harness.send("POST", `/v1/channels/${channel}/events`, { data: channel });
  }
});

interface Issued {
  token: string;
  pattern: string;
  expiresAt: string;
}
const issue = (pattern: string, body: unknown = {}, headers: Record<string, string> = {}) =>
  harness.send("POST", `/v1/channels/${pattern}/tokens`, body, headers);
const tokenOf = async (pattern: string) => (await (await issue(pattern)).json<Issued>()).token;
const read = (pattern: string, token: string, headers: Record<string, string> = {}) =>
  harness.request(`/v1/channels/${pattern}/events?token=${token}`, { headers });

describe("a read token", () => {
  test("is issued for a pattern and a time, for its caller alone", async () => {
    const before = Date.now();
    const response = await issue("user%3A*", { ttlSeconds: 60 });
    expect(response.status).toBe(201);
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    const { token, pattern, expiresAt } = await response.json<Issued>();
    expect([token, pattern]).toEqual([expect.stringMatching(/^[\w-]{43}$/), "user:*"]);
    expect(Math.abs(Date.parse(expiresAt) - before - 60_000)).toBeLessThan(5_000);
    const { expiresAt: longer } = await (await issue("news")).json<Issued>();
    expect(Math.abs(Date.parse(longer) - before - 300_000)).toBeLessThan(5_000);
  });

  test("reads its pattern, and channels that it covers, without a key", async () => {
    const token = await tokenOf("user:*");
    const items = async (pattern: string) => {
      const response = await read(pattern, token);
      expect([response.status, response.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
      return (await response.json<{ items: { data: unknown }[] }>()).items.map(({ data }) => data);
    };
    expect(await items("user%3A*")).toEqual(["user:1", "user:2"]);
    expect(await items("user:2")).toEqual(["user:2"]);
  });

  test.each(["order:1", "*", "user:1*", "user:%3F", "a%20b"])("with %s is a 403", async (pattern) => {
    const response = await read(pattern, await tokenOf("user:*"));
    expect(response.status).toBe(403);
    await problemOf(response);
  });

  test.each(["", "x", "a".repeat(43)])("that was never issued is a 401: %j", async (token) => {
    const response = await read("user:1", token);
    expect(response.status).toBe(401);
    expect(response.headers.get("WWW-Authenticate")).toContain('error="invalid_token"');
  });

  test("that is over is a 401", async () => {
    const token = await tokenOf("user:*");
    const hash = Buffer.from(await crypto.subtle.digest("SHA-256", Buffer.from(token))).toString("hex");
    const key = `${harness.env.KEY_PREFIX}:read-token:{${hash}}`;
    await redis.engine.pipeline([["PEXPIRE", key, "0"].map((word) => Buffer.from(word))]);
    expect((await read("user:1", token)).status).toBe(401);
  });

  test("publishes nothing and issues no other", async () => {
    const token = await tokenOf("*");
    for (const path of ["events", "tokens"]) {
      const response = await harness.request(`/v1/channels/news/${path}?token=${token}`, {
        method: "POST",
        body: '{"data":1}',
        headers: { "Content-Type": "application/json" },
      });
      expect(response.status).toBe(401);
    }
  });

  test("does not help a key that may not read", async () => {
    const token = await tokenOf("user:*");
    expect((await read("user:1", token, { Authorization: `Bearer ${KEYS.products}` })).status).toBe(403);
    expect((await read("user:1", token, { Authorization: "Bearer wrong" })).status).toBe(401);
  });

  test("is under the limit of addresses: 429 beyond it", async () => {
    const token = await tokenOf("user:*");
    harness = createHarness({
      redis,
      prefix: harness.env.KEY_PREFIX ?? "",
      adapt: (services) => {
        const { public: policy, ...policies } = services.policies;
        const { lease: _, ...unleased } = policy;
        return { ...services, policies: { ...policies, public: { ...unleased, limit: 2 } } };
      },
    });
    const statuses = async (count: number) => {
      const answers = [];
      for (let i = 0; i < count; i += 1) answers.push(await read("user:1", token));
      return answers.map(({ status, headers }) => [status, headers.get("RateLimit-Policy")]);
    };
    const policy = '"public";q=2;w=60';
    expect(await statuses(3)).toEqual([
      [200, policy],
      [200, policy],
      [429, policy],
    ]);
  });

  test("is in no log line, whatever goes wrong", async () => {
    const token = await tokenOf("user:*");
    harness = createHarness({
      redis,
      prefix: harness.env.KEY_PREFIX ?? "",
      adapt: (services) => ({
        ...services,
        events: { ...services.events, read: () => Promise.reject(new Error(`boom ${token}`)) },
      }),
    });
    expect((await read("user:1", token)).status).toBe(500);
    expect(harness.logs).toHaveLength(1);
    const { error, ...line } = harness.logs[0] ?? { error: undefined };
    expect(error).toBeInstanceOf(Error);
    expect(JSON.stringify(line)).not.toContain(token);
  });

  test.each([
    { ttlSeconds: 0 },
    { ttlSeconds: 3_601 },
    { ttlSeconds: 1.5 },
    { ttlSeconds: "60" },
    { ttl: 60 },
  ])("with %j is a 400", async (body) => {
    expect((await issue("news", body)).status).toBe(400);
  });

  test("is not issued for what is no pattern, nor without a key with events:read", async () => {
    expect((await issue("a%20b")).status).toBe(400);
    expect((await issue("news", {}, { Authorization: "" })).status).toBe(401);
    expect((await issue("news", {}, { Authorization: `Bearer ${KEYS.products}` })).status).toBe(403);
  });
});
