import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createClock, type Clock } from "../support/clock.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { KEYS, problemOf, type Harness } from "./support/harness.ts";
import { createLimited, from, MINUTE } from "./support/limits.ts";

let redis: TestRedis;
let clock: Clock;
let harness: Harness;
let tests = 0;

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => redis.close());
beforeEach(() => {
  tests += 1;
  clock = createClock(MINUTE);
  harness = createLimited({ redis, prefix: `${redis.prefix}limits-api${tests}`, clock });
});

const exports = { name: "exports", limit: 3, windowSeconds: 60, algorithm: "fixed", identifier: "ada" };
const post = (body: unknown, headers?: Record<string, string>) =>
  harness.send("POST", "/v1/limits/check", body, headers);
const check = async (...limits: object[]) =>
  (await post({ limits })).json<{
    success: boolean;
    reason?: string;
    limits: { policy?: string; name?: string; remaining: number; resetAt: string; success: boolean }[];
  }>();
const reset = (body: unknown) => harness.send("POST", "/v1/limits/reset", body);
const left = async (limit: object) => (await check({ ...limit, cost: 0 })).limits[0]?.remaining;

describe("POST /v1/limits/check", () => {
  test("takes from a limit of one's own, and tells what is left", async () => {
    const answer = await post({ limits: [exports] });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      success: true,
      limits: [
        {
          name: "exports",
          limit: 3,
          remaining: 2,
          resetAt: new Date(MINUTE + 60_000).toISOString(),
          success: true,
        },
      ],
    });
  });

  test.each(["fixed", "sliding", "token-bucket"])(
    "lets exactly so many of many at once pass: %s",
    async (algorithm) => {
      const answers = await Promise.all(Array.from({ length: 12 }, () => check({ ...exports, algorithm })));
      expect(answers.filter(({ success }) => success)).toHaveLength(3);
    },
  );

  test("a cost takes so much, one that does not fit takes nothing, and 0 looks", async () => {
    expect((await check({ ...exports, cost: 4 })).success).toBe(false);
    expect(await left(exports)).toBe(3);
    expect((await check({ ...exports, cost: 2 })).success).toBe(true);
    expect((await check({ ...exports, cost: 2 })).success).toBe(false);
    expect(await left(exports)).toBe(1);
    await check(exports);
    expect(await check({ ...exports, cost: 0 })).toMatchObject({
      success: false,
      limits: [{ remaining: 0 }],
    });
  });

  test("takes from all limits or from none, a policy's among them, each told by its name", async () => {
    const wide = { ...exports, name: "uploads", limit: 9 };
    const login = { policy: "login", identifier: "203.0.113.7" };
    for (let i = 0; i < 3; i += 1) await check(exports);
    const { success, limits } = await check(wide, exports, login);
    expect(success).toBe(false);
    expect(limits).toMatchObject([
      { name: "uploads", limit: 9, success: true },
      { name: "exports", limit: 3, success: false },
      { policy: "login", limit: 10, success: true },
    ]);
    expect([await left(wide), await left(login)]).toEqual([9, 10]);
  });

  test("keeps apart names, identifiers, and windows", async () => {
    await check(exports);
    expect(await left({ ...exports, identifier: "bob" })).toBe(3);
    expect(await left({ ...exports, name: "imports" })).toBe(3);
    expect(await left({ ...exports, windowSeconds: 61 })).toBe(3);
    expect(await left({ ...exports, limit: 5 })).toBe(4);
  });

  test("of a policy takes from the service's own count", async () => {
    const address = { policy: "public", identifier: "203.0.113.7" };
    await check({ ...address, cost: 300 });
    expect((await harness.request("/v1/products", from("203.0.113.7"))).status).toBe(429);
    expect((await harness.request("/v1/products", from("203.0.113.8"))).status).toBe(200);
  });

  test("by a name of one's own never touches the service's counts, whatever the name", async () => {
    harness = createLimited({
      redis,
      prefix: `${redis.prefix}limits-own${tests}`,
      clock,
      narrow: { public: 1 },
    });
    for (const name of ["public", "key", "login", "custom:public", "public:203.0.113.7"]) {
      const own = { ...exports, name, limit: 1, algorithm: "sliding", identifier: "203.0.113.7" };
      expect((await check(own)).success).toBe(true);
      expect((await check(own)).success).toBe(false);
      expect((await reset({ name, identifier: "203.0.113.7" })).status).toBe(204);
    }
    const read = async () => (await harness.request("/v1/products", from("203.0.113.7"))).status;
    expect([await read(), await read()]).toEqual([200, 429]);
    for (const name of ["public", "custom:public"]) await reset({ name, identifier: "203.0.113.7" });
    expect(await read()).toBe(429);
  });
});

describe("POST /v1/limits/reset", () => {
  test("gives one identifier all of a limit back, in every window, and no other anything", async () => {
    const bob = { ...exports, identifier: "bob" };
    await check(exports, { ...exports, windowSeconds: 3_600 }, bob);
    const answer = await reset({ name: "exports", identifier: "ada" });
    expect([answer.status, await answer.text()]).toEqual([204, ""]);
    expect([await left(exports), await left({ ...exports, windowSeconds: 3_600 }), await left(bob)]).toEqual([
      3, 3, 2,
    ]);
  });

  test("of an identifier that looks like a pattern resets that one alone", async () => {
    await check(exports);
    for (const identifier of ["*", "a*", "[a]da", "ad?"]) {
      await check({ ...exports, identifier });
      expect((await reset({ name: "exports", identifier })).status).toBe(204);
      expect(await left({ ...exports, identifier })).toBe(3);
    }
    expect(await left(exports)).toBe(2);
  });

  test("of a policy lets the caller pass again at once", async () => {
    await check({ policy: "public", identifier: "203.0.113.7", cost: 300 });
    await reset({ policy: "public", identifier: "203.0.113.7" });
    expect((await harness.request("/v1/products", from("203.0.113.7"))).status).toBe(200);
  });
});

describe("a limit is refused with 400", () => {
  const policy = { policy: "public", identifier: "ada" };
  const A_LIMIT = "limits.0";
  test.each<[string, unknown, string, string]>([
    ["that is no object", 7, A_LIMIT, "must be an object"],
    ["with neither policy nor name", { identifier: "ada" }, `${A_LIMIT}.name`, "is missing"],
    ["with both", { ...policy, name: "a" }, `${A_LIMIT}.name`, "is not a field of this body"],
    [
      "of a policy with a limit of its own",
      { ...policy, limit: 9 },
      `${A_LIMIT}.limit`,
      "is not a field of this body",
    ],
    ["of an unknown policy", { ...policy, policy: "a" }, `${A_LIMIT}.policy`, "must be the name of a policy"],
    [
      "of a policy that is no text",
      { ...policy, policy: 1 },
      `${A_LIMIT}.policy`,
      "must be the name of a policy",
    ],
    [
      "of a policy called as what every object has",
      { ...policy, policy: "toString" },
      `${A_LIMIT}.policy`,
      "must be",
    ],
    ["with a bad name", { ...exports, name: "a b" }, `${A_LIMIT}.name`, "must be 1 to 120 of the characters"],
    ["with a long name", { ...exports, name: "a".repeat(121) }, `${A_LIMIT}.name`, "must be 1 to 120"],
    ["without an identifier", { policy: "public" }, `${A_LIMIT}.identifier`, "is missing"],
    [
      "with an empty identifier",
      { ...exports, identifier: "" },
      `${A_LIMIT}.identifier`,
      "must be 1 to 256 characters",
    ],
    [
      "with a long identifier",
      { ...exports, identifier: "a".repeat(257) },
      `${A_LIMIT}.identifier`,
      "must be 1 to 256",
    ],
    [
      "with half a character",
      { ...exports, identifier: "\ud800" },
      `${A_LIMIT}.identifier`,
      "must be 1 to 256",
    ],
    [
      "with a number for an identifier",
      { ...exports, identifier: 7 },
      `${A_LIMIT}.identifier`,
      "must be a string",
    ],
    ["of 0", { ...exports, limit: 0 }, `${A_LIMIT}.limit`, "must be a whole number from 1 to 1000000000"],
    ["that is broken", { ...exports, limit: 1.5 }, `${A_LIMIT}.limit`, "must be a whole number"],
    ["that is text", { ...exports, limit: "3" }, `${A_LIMIT}.limit`, "must be a whole number"],
    ["too large", { ...exports, limit: 1e9 + 1 }, `${A_LIMIT}.limit`, "must be a whole number"],
    ["without a window", { ...exports, windowSeconds: undefined }, `${A_LIMIT}.windowSeconds`, "is missing"],
    [
      "with a window of 0",
      { ...exports, windowSeconds: 0 },
      `${A_LIMIT}.windowSeconds`,
      "from 1 to 31536000",
    ],
    [
      "with a window too long",
      { ...exports, windowSeconds: 31_536_001 },
      `${A_LIMIT}.windowSeconds`,
      "from 1 to",
    ],
    [
      "of no algorithm",
      { ...exports, algorithm: "leaky" },
      `${A_LIMIT}.algorithm`,
      "must be fixed, sliding or token",
    ],
    ["with a cost below 0", { ...exports, cost: -1 }, `${A_LIMIT}.cost`, "must be a whole number from 0"],
    ["with half a cost", { ...policy, cost: 0.5 }, `${A_LIMIT}.cost`, "must be a whole number from 0"],
    ["with no cost", { ...policy, cost: null }, `${A_LIMIT}.cost`, "must be a whole number from 0"],
    [
      "that fails otherwise",
      { ...exports, failure: "maybe" },
      `${A_LIMIT}.failure`,
      "must be open or closed",
    ],
    [
      "with a field too much",
      { ...exports, shadow: true },
      `${A_LIMIT}.shadow`,
      "is not a field of this body",
    ],
    [
      "that is a bucket too large to count in",
      { ...exports, algorithm: "token-bucket", limit: 1e9, windowSeconds: 5_000 },
      A_LIMIT,
      "must have a limit times windowSeconds of at most",
    ],
  ])("%s", async (_, limit, path, message) => {
    const answer = await post({ limits: [limit] });
    expect(answer.status).toBe(400);
    expect((await problemOf(answer)).errors).toContainEqual({
      path,
      message: expect.stringContaining(message),
    });
  });

  test.each<[string, unknown, string]>([
    ["none", [], "limits"],
    ["11 of them", Array.from({ length: 11 }, () => exports), "limits"],
    ["no list", exports, "limits"],
  ])("where there are %s", async (_, limits, path) => {
    const answer = await post({ limits });
    expect([answer.status, (await problemOf(answer)).errors?.[0]?.path]).toEqual([400, path]);
  });

  test("and what is at the edge is not", async () => {
    const edge = { ...exports, name: "a".repeat(120), limit: 1e9, windowSeconds: 31_536_000, cost: 1e9 };
    const identifier = "é/*🙂".repeat(51);
    const bucket = { ...exports, algorithm: "token-bucket", limit: 1e9, windowSeconds: 4_500 };
    const answer = await post({ limits: [edge, { ...exports, identifier }, bucket] });
    expect([answer.status, (await answer.json<{ success: boolean }>()).success]).toEqual([200, true]);
    expect((await post({ limits: Array.from({ length: 10 }, () => exports) })).status).toBe(200);
  });

  test.each([
    { identifier: "a" },
    { name: "a" },
    { policy: "a", identifier: "a" },
    { policy: "public", name: "a", identifier: "a" },
    { name: "a b", identifier: "a" },
    { name: "a", identifier: "" },
    { ...exports },
  ])("also to be reset: %j", async (body) => {
    expect((await reset(body)).status).toBe(400);
  });
});

test("both need a key with a scope of their own", async () => {
  for (const [path, scope] of [
    ["/v1/limits/check", "limits:check"],
    ["/v1/limits/reset", "limits:write"],
  ]) {
    const refused = await harness.send("POST", path ?? "", {}, { Authorization: `Bearer ${KEYS.cache}` });
    expect((await problemOf(refused)).detail).toBe(`The key needs the scope ${scope}.`);
    const body = { method: "POST", body: "{}", headers: { "Content-Type": "application/json" } };
    expect((await harness.request(path ?? "", body)).status).toBe(401);
  }
});
