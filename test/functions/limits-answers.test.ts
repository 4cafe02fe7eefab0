import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createClock, type Clock } from "../support/clock.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { KEYS, problemOf, type Harness } from "./support/harness.ts";
import { createLimited, from, MINUTE, told, type LimitedOptions } from "./support/limits.ts";

let redis: TestRedis;
let clock: Clock;
let harness: Harness;
let tests = 0;

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => redis.close());

const isolate = (options: Partial<LimitedOptions> = {}) =>
  createLimited({ redis, prefix: `${redis.prefix}limits-answers${tests}`, clock, ...options });
beforeEach(() => {
  tests += 1;
  clock = createClock(MINUTE);
  harness = isolate({ narrow: { public: 2, key: 2 } });
  harness.seed();
});

const ADA = "203.0.113.7";
const LAMP = { name: "Brass lamp", price: 7_900, category: "lamps" };
const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });
const statusOf = async (answer: Promise<Response>) => (await answer).status;

describe("an answer tells the limits of its call", () => {
  test("a public one those of the address", async () => {
    const real = isolate();
    expect(told(await real.request("/v1/products/1", from(ADA)))).toEqual([
      '"public";q=300;w=60',
      expect.stringMatching(/^"public";r=29\d;t=6[01]$/),
    ]);
  });

  test("one with a key those of the key, wherever it calls from", async () => {
    const real = isolate();
    const answers = await Promise.all([
      real.send("POST", "/v1/products", LAMP, from(ADA).headers),
      real.send("POST", "/v1/cache/invalidations", { tags: ["a"] }, from("198.51.100.1").headers),
    ]);
    for (const answer of answers) {
      expect(told(answer)).toEqual(['"key";q=6000;w=60', expect.stringMatching(/^"key";r=59\d\d;t=6[01]$/)]);
    }
    expect(told(answers[0])).not.toEqual(told(answers[1]));
  });

  test("under npm run dev a thousand times as much", async () => {
    const development = isolate({ env: { LIMITS: "development" } });
    expect(told(await development.request("/v1/products/1"))[0]).toBe('"public";q=300000;w=60');
    expect(told(await development.send("POST", "/v1/products", LAMP))[0]).toBe('"key";q=6000000;w=60');
  });

  test.each(["", "anything", "PRODUCTION"])("with LIMITS=%j as much as deployed", async (LIMITS) => {
    const answer = await isolate({ env: { LIMITS } }).request("/v1/products/1");
    expect(told(answer)[0]).toBe('"public";q=300;w=60');
  });

  test("a browser on an allowed origin may read them", async () => {
    const headers = { ...from(ADA).headers, Origin: "https://shop.example" };
    const answer = await harness.request("/v1/products", { headers });
    expect(answer.headers.get("Access-Control-Expose-Headers")).toMatch(/RateLimit, RateLimit-Policy/);
  });

  test("where it is none below /v1, there are none", async () => {
    for (const path of ["/healthz", "/readyz", "/nothing"]) {
      expect(told(await harness.request(path))).toEqual([null, null]);
    }
  });
});

describe("a call beyond its limit", () => {
  test("is a 429 of IANA's type that names the limit and when to come again", async () => {
    for (const path of ["/v1/products/1", "/v1/products"]) {
      expect(await statusOf(harness.request(path, from(ADA)))).toBe(200);
    }
    const answer = await harness.request("/v1/products/1", from(ADA));
    expect(answer.status).toBe(429);
    const retryAfter = Number(answer.headers.get("Retry-After"));
    expect(retryAfter).toBeGreaterThanOrEqual(60);
    expect(told(answer)).toEqual(['"public";q=2;w=60', `"public";r=0;t=${retryAfter}`]);
    for (const header of ["ETag", "Cache-Status"]) expect(answer.headers.has(header)).toBe(false);
    expect(await problemOf(answer)).toEqual({
      type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
      title: "Request cannot be satisfied as assigned quota has been exceeded",
      status: 429,
      detail: `Try again in ${retryAfter} seconds.`,
      "violated-policies": ["public"],
      instance: answer.headers.get("X-Request-Id"),
    });

    clock.advance(retryAfter);
    expect(await statusOf(harness.request("/v1/products/1", from(ADA)))).toBe(200);
  });

  test("with a key is one too, and writes nothing", async () => {
    for (let i = 0; i < 2; i += 1)
      expect(await statusOf(harness.send("POST", "/v1/products", LAMP))).toBe(201);
    const rows = () => harness.sql.sqlite.prepare("SELECT count(*) AS n FROM products").get()?.["n"];
    const before = rows();
    const answer = await harness.send("POST", "/v1/products", LAMP, { "Idempotency-Key": "a" });
    expect(answer.status).toBe(429);
    expect(await problemOf(answer)).toMatchObject({ "violated-policies": ["key"] });
    expect(rows()).toBe(before);
    // Nor was its Idempotency-Key used.
    clock.advance(62);
    const again = await harness.send("POST", "/v1/products", LAMP, { "Idempotency-Key": "a" });
    expect([again.status, again.headers.get("Idempotency-Replayed")]).toEqual([201, null]);
  });

  test("is nobody else's matter: not another address's, nor another key's", async () => {
    for (let i = 0; i < 3; i += 1) await harness.request("/v1/products/1", from(ADA));
    for (let i = 0; i < 3; i += 1) await harness.send("POST", "/v1/products", LAMP);
    expect(await statusOf(harness.request("/v1/products/1", from("203.0.113.8")))).toBe(200);
    expect(await statusOf(harness.send("POST", "/v1/products", LAMP, bearer(KEYS.products)))).toBe(201);
    expect(await statusOf(harness.send("POST", "/v1/products", LAMP, from(ADA).headers))).toBe(429);
  });

  test("is counted by CF-Connecting-IP alone, and an IPv6 subscriber once", async () => {
    const calls = [
      { "CF-Connecting-IP": "2001:db8:0:1::1", "X-Forwarded-For": "198.51.100.1" },
      { "CF-Connecting-IP": "2001:db8:0:1:ffff::2", "X-Forwarded-For": "198.51.100.2" },
      { "CF-Connecting-IP": "2001:db8:0:1::3", Forwarded: "for=198.51.100.3" },
      { "CF-Connecting-IP": "2001:db8:0:2::1", "X-Forwarded-For": "198.51.100.1" },
    ];
    const statuses = [];
    for (const headers of calls)
      statuses.push(await statusOf(harness.request("/v1/products/1", { headers })));
    expect(statuses).toEqual([200, 200, 429, 200]);
  });
});

describe("a request that is wrong in every way, beyond its limit, is refused", () => {
  const wrong = { method: "POST", body: " ".repeat(1_048_577), headers: { "Content-Type": "text/plain" } };

  test("for route, method and key first, then for the limit, then for its body", async () => {
    harness = isolate({ narrow: { public: 1, key: 1 } });
    const known = "/v1/products";
    const calls: [path: string, method: string, key: string | undefined, status: number, policy: string][] = [
      ["/v1/nothing", "POST", undefined, 404, "public"],
      ["/v1/nothing", "POST", undefined, 404, "public"],
      [known, "PUT", undefined, 405, "public"],
      [known, "OPTIONS", undefined, 204, "public"],
      [known, "POST", undefined, 401, "public"],
      [known, "POST", "unknown", 401, "public"],
      [known, "POST", KEYS.cache, 403, "key"],
      [known, "POST", KEYS.cache, 403, "key"],
      [known, "POST", KEYS.all, 413, "key"],
      [known, "POST", KEYS.all, 429, "key"],
    ];
    for (const [path, method, key, status, policy] of calls) {
      const headers = { ...wrong.headers, ...(key !== undefined && bearer(key)) };
      const answer = await harness.request(path, { ...wrong, method, headers });
      expect([path, method, answer.status]).toEqual([path, method, status]);
      expect(told(answer)).toEqual([
        `"${policy}";q=1;w=60`,
        expect.stringMatching(new RegExp(`^"${policy}";r=0;t=6[01]$`)),
      ]);
      expect(answer.headers.has("Retry-After")).toBe(status === 429);
    }
  });

  test("for its limit before its query, and a call whose limit it took counts", async () => {
    const statuses = [];
    for (let i = 0; i < 3; i += 1) {
      statuses.push(await statusOf(harness.request("/v1/products?limit=many", from(ADA))));
    }
    expect(statuses).toEqual([400, 400, 429]);
  });

  test("and one that names no route, or has no key, takes from the limit of its address", async () => {
    await harness.request("/v1/nothing", from(ADA));
    await harness.send("POST", "/v1/products", LAMP, { ...bearer("guess"), ...from(ADA).headers });
    expect(await statusOf(harness.request("/v1/products/1", from(ADA)))).toBe(429);
  });
});
