import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  startFaultProxy,
  startRedis,
  type FaultMode,
  type FaultProxy,
  type TestRedis,
} from "../support/redis.ts";
import { createHarness, problemOf, type Harness } from "./support/harness.ts";
import { from, told } from "./support/limits.ts";

let redis: TestRedis;
let proxy: FaultProxy;
let harness: Harness;
let tests = 0;

beforeAll(async () => {
  redis = await startRedis();
  proxy = await startFaultProxy(redis.url);
});
afterAll(async () => {
  await proxy.close();
  await redis.close();
});
beforeEach(() => {
  tests += 1;
  proxy.mode = "pass";
  harness = createHarness({
    redis: { url: proxy.url, token: redis.token },
    prefix: `${redis.prefix}limits-away${tests}`,
    env: { LIMITS: "production" },
    redisTimeoutMs: 500,
  });
  harness.seed();
});

const ADA = { email: "ada@example.com", name: "Ada", password: "correct horse battery" };
const custom = { name: "a", limit: 1, windowSeconds: 60, algorithm: "sliding", identifier: "ada" };
const check = async (...limits: object[]) => {
  const answer = await harness.send("POST", "/v1/limits/check", { limits });
  return [answer.status, await answer.json<object>()];
};

const reset = () => harness.send("POST", "/v1/limits/reset", { name: "a", identifier: "ada" });

/** A check may take 250 ms; without a bound of its own it would take the 500 ms of the client. The rest is a busy machine's. */
const BOUND_MS = 450;
async function within<T>(ms: number, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  expect(performance.now() - started).toBeLessThan(ms);
  return result;
}

test("of a Redis that is away the log has the requests that found it so, and none of those not sent since", async () => {
  proxy.mode = "status500";
  for (let i = 0; i < 20; i += 1) await harness.request("/v1/products/1", from("203.0.113.9"));
  const warnings = harness.logs.filter(({ level }) => level === "warn");
  expect(warnings.length).toBeGreaterThan(0);
  // Three failures open the breaker; the requests under way by then are logged too.
  expect(warnings.length).toBeLessThan(20);
});

const MODES: FaultMode[] = ["refuse", "hang", "status500", "garbage", "dropResponse", { delayMs: 2_000 }];
describe.each(MODES)("with a Redis that does %j", (mode) => {
  beforeEach(() => {
    proxy.mode = mode;
  });

  test("public calls go on, uncounted", async () => {
    const answer = await within(1_000, () => harness.request("/v1/products/1", from("203.0.113.7")));
    expect([answer.status, ...told(answer)]).toEqual([
      200,
      '"public";q=300;w=60',
      expect.stringMatching(/^"public";r=300;t=\d$/),
    ]);
  });

  test("calls with a key pass their limit, and are never a 429", async () => {
    const answer = await within(1_500, () => harness.send("POST", "/v1/products", {}));
    expect([answer.status, told(answer)[0]]).toEqual([400, '"key";q=6000;w=60']);
  });

  test("refusals that come before the limit are answered all the same, within its bound", async () => {
    const answer = await within(BOUND_MS, () => harness.request("/v1/nothing"));
    expect([answer.status, told(answer)[0]]).toEqual([404, '"public";q=300;w=60']);
  });

  test.each([
    ["/v1/sessions", { email: ADA.email, password: ADA.password }],
    ["/v1/users", ADA],
  ])("POST %s is a 503: no passwords are guessed meanwhile", async (path, body) => {
    const answer = await within(1_000, () => harness.send("POST", path, body));
    expect(answer.status).toBe(503);
    expect(answer.headers.get("Retry-After")).toBe("1");
    expect((await problemOf(answer)).type).toMatch(/#redis-unavailable$/);
    expect(harness.sql.queries).toEqual([]);
  });

  test("POST /v1/limits/check is a 200 that says so, and decides as the limits say", async () => {
    expect(await within(1_000, () => check({ ...custom, failure: "open" }))).toMatchObject([
      200,
      { success: true, reason: "unavailable", limits: [{ name: "a", success: true }] },
    ]);
    expect(await check(custom)).toMatchObject([200, { success: false, reason: "unavailable" }]);
    const both = [
      { policy: "public", identifier: "ada" },
      { policy: "login", identifier: "ada" },
    ];
    expect(await check(...both)).toMatchObject([
      200,
      {
        success: false,
        reason: "unavailable",
        limits: [
          { policy: "public", success: true },
          { policy: "login", success: false },
        ],
      },
    ]);
  });

  test("POST /v1/limits/reset is a 503, and works when Redis is back", async () => {
    const answer = await within(1_500, reset);
    expect(answer.status).toBe(503);
    expect(answer.headers.get("Retry-After")).toBe("1");
    expect((await problemOf(answer)).type).toMatch(/#redis-unavailable$/);
    proxy.mode = "pass";
    await vi.waitFor(async () => expect((await reset()).status).toBe(204), { timeout: 5_000 });
  });

  test("limits count again when Redis is back, within seconds", async () => {
    await check(custom);
    proxy.mode = "pass";
    const look = { ...custom, cost: 0 };
    await vi.waitFor(async () => expect((await check(look))[1]).not.toHaveProperty("reason"), {
      timeout: 5_000,
    });
    expect((await harness.request("/v1/products/1", from("203.0.113.7"))).status).toBe(200);
  });
});

test("an outage is logged, with why and without what was asked", async () => {
  proxy.mode = "status500";
  await harness.request("/v1/products/1", from("203.0.113.7"));
  expect(harness.logs).toContainEqual({
    level: "warn",
    event: "ratelimit",
    kind: "unavailable",
    success: true,
    error: expect.objectContaining({ name: "RedisUnavailableError", reason: "http" }),
  });
});
