import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createClock, type Clock } from "../support/clock.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../support/redis.ts";
import { signedIn, signUp } from "./support/browser.ts";
import type { Harness } from "./support/harness.ts";
import { createLimited, from, MINUTE, type LimitedOptions } from "./support/limits.ts";

let redis: TestRedis;
let proxy: FaultProxy;
let clock: Clock;
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

const isolate = (options: Partial<LimitedOptions> = {}) =>
  createLimited({
    redis: { url: proxy.url, token: redis.token },
    prefix: `${redis.prefix}limits-trips${tests}`,
    clock,
    ...options,
  });
beforeEach(async () => {
  tests += 1;
  clock = createClock(MINUTE);
  harness = isolate();
  harness.seed();
  proxy.mode = "pass";
  // Redis knows the scripts, and the product is cached.
  await harness.request("/v1/products/1", from("192.0.2.1"));
  proxy.reset();
});

const ADA = "203.0.113.7";
const names = () => proxy.seen.map(({ commands }) => commands.map(([name]) => name));
const cost = (answer: Response) => /"(.+)"/.exec(answer.headers.get("Server-Timing") ?? "")?.[1];

/** What a limit takes that is asked of Redis, in those commands that were sent. */
const asked = () =>
  proxy.seen.flatMap(({ commands }) => commands).filter((c) => c.join().includes(":ratelimit:"));

describe("a read of a cached product", () => {
  test("waits for Redis once, and costs at most 5 commands with its limit", async () => {
    const answer = await harness.request("/v1/products/1", from(ADA));
    expect(answer.headers.get("Cache-Status")).toMatch(/^sedge; hit/);
    expect(names()).toEqual([["evalsha", "mget"]]);
    expect(cost(answer)).toBe("trips=1 commands=5");
  });

  test("by somebody who is signed in is no dearer", async () => {
    await signUp(harness);
    const browser = await signedIn(harness);
    proxy.reset();
    const answer = await browser.send("GET", "/v1/products/1", undefined, from(ADA).headers);
    expect(answer.headers.get("Cache-Status")).toMatch(/^sedge; hit/);
    expect(cost(answer)).toBe("trips=1 commands=5");
  });

  test("answers in less than two delays of a slow Redis", async () => {
    const delayMs = 400;
    proxy.mode = { delayMs };
    const started = performance.now();
    const answer = await harness.request("/v1/products/1", from(ADA));
    const elapsed = performance.now() - started;
    expect(answer.headers.get("Cache-Status")).toMatch(/^sedge; hit/);
    expect(answer.headers.get("RateLimit-Policy")).toBe('"public";q=300;w=60');
    expect(elapsed).toBeGreaterThanOrEqual(delayMs - 5);
    expect(elapsed).toBeLessThan(2 * delayMs);
  });

  test("usually asks Redis for nothing but the product: the isolate holds permits", async () => {
    const costs = [];
    for (let i = 0; i < 20; i += 1) costs.push(cost(await harness.request("/v1/products/1", from(ADA))));
    expect(costs.filter((one) => one === "trips=1 commands=1").length).toBeGreaterThanOrEqual(15);
    expect(names().filter((request) => request.length > 1).length).toBeLessThanOrEqual(5);
  });
});

test("a write with a key usually pays no trip for its limit", async () => {
  for (let i = 0; i < 20; i += 1) await harness.send("POST", "/v1/cache/invalidations", { tags: ["a"] });
  expect(asked().length).toBeLessThanOrEqual(3);
});

const pass = async (calls: Promise<Response>[]) =>
  (await Promise.all(calls)).filter(({ status }) => status !== 429).length;
const read = (one: Harness) => one.request("/v1/products/1", from(ADA));

describe("calls at once", () => {
  test("of one address never pass more often than its limit, over many isolates", async () => {
    const isolates = [harness, ...Array.from({ length: 7 }, () => isolate({ sql: harness.sql }))];
    let passed = 0;
    for (let round = 0; round < 3; round += 1) {
      passed += await pass(isolates.flatMap((one) => Array.from({ length: 25 }, () => read(one))));
    }
    expect(passed).toBeLessThanOrEqual(300);
    // What others hold in advance is refused early; it is little.
    expect(passed).toBeGreaterThan(250);
  });

  test("of one address at one isolate pass exactly as often, one after the other", async () => {
    let passed = 0;
    for (let i = 0; i < 320; i += 1) passed += await pass([read(harness)]);
    expect(passed).toBe(300);
  });

  test("of one key never pass more often than its limit, over many isolates", async () => {
    const isolates = Array.from({ length: 4 }, () => isolate({ narrow: { key: 30 }, sql: harness.sql }));
    const calls = isolates.flatMap((one) =>
      Array.from({ length: 20 }, () => one.send("POST", "/v1/cache/invalidations", { tags: ["a"] })),
    );
    expect(await pass(calls)).toBe(30);
  });
});
