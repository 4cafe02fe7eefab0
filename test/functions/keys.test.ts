import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApiKeys } from "../../functions/keys.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { createHarness, KEYS, problemOf, type Harness } from "./support/harness.ts";

let redis: TestRedis;
let harness: Harness;

beforeAll(async () => {
  redis = await startRedis();
  harness = createHarness({ redis, prefix: `${redis.prefix}keys` });
});
afterAll(async () => redis.close());

const LAMP = { name: "Brass lamp", price: 7_900, category: "lamps" };
const post = (authorization: string, target = harness) =>
  target.send("POST", "/v1/products", LAMP, { Authorization: authorization });

describe("a call that needs a key", () => {
  test.each([
    ["its scope", `Bearer ${KEYS.products}`],
    ["every scope of its area", `Bearer ${KEYS.area}`],
    ["every scope", `Bearer ${KEYS.all}`],
    ["a scheme in small letters", `bearer ${KEYS.all}`],
  ])("passes with %s", async (_, authorization) => {
    expect((await post(authorization)).status).toBe(201);
  });

  test.each([
    ["nothing", ""],
    ["another scheme", `Basic ${KEYS.all}`],
    ["no key", "Bearer "],
    ["two keys", `Bearer ${KEYS.all} ${KEYS.all}`],
    ["an unknown key", "Bearer unknown"],
    ["a key's start", `Bearer ${KEYS.all.slice(0, -1)}`],
    ["the development key", "Bearer sedge-local"],
  ])("is a 401 with %s", async (_, authorization) => {
    const response = await post(authorization);
    expect(response.status).toBe(401);
    expect(response.headers.get("WWW-Authenticate")).toMatch(/^Bearer realm="sedge"/);
    expect((await problemOf(response)).type).toMatch(/#unauthorized$/);
  });

  test("is a 403 with a key that has another scope, and says which it needs", async () => {
    const response = await post(`Bearer ${KEYS.cache}`);
    expect(response.status).toBe(403);
    expect((await problemOf(response)).detail).toContain("products:write");
  });
});

const keysOf = (sha256: string) => createApiKeys(JSON.stringify({ a: { sha256, scopes: ["*"] } }));

test.each([0, 31, 63])("a key whose hash differs in digit %i alone is not known", async (digit) => {
  const hash = createHash("sha256").update("a key").digest("hex");
  const other = hash.slice(0, digit) + (hash[digit] === "0" ? "1" : "0") + hash.slice(digit + 1);
  expect(await keysOf(hash).find("a key")).toMatchObject({ name: "a" });
  expect(await keysOf(other).find("a key")).toBeUndefined();
});

describe("API_KEYS that cannot be read", () => {
  const sha256 = "0".repeat(64);
  const bad: [string, string | undefined][] = [
    ["are not set", undefined],
    ["are empty", ""],
    ["are not JSON", "{'a': sk_live_secret}"],
    ["are a list", "[]"],
    ["have a short hash", JSON.stringify({ a: { sha256: "sk_live_secret", scopes: ["*"] } })],
    ["have no scopes", JSON.stringify({ a: { sha256 } })],
    ["have scopes that are none", JSON.stringify({ a: { sha256, scopes: ["sk_live_secret"] } })],
    ["have a name that is none", JSON.stringify({ "sk_live_secret !": { sha256, scopes: [] } })],
  ];

  test.each(bad)("because they %s let nobody in, and /readyz says so", async (_, text) => {
    const broken = createHarness({ redis, prefix: `${redis.prefix}broken`, env: { API_KEYS: text ?? "" } });
    expect((await post(`Bearer ${KEYS.all}`, broken)).status).toBe(500);
    expect((await broken.request("/v1/products")).status).toBe(200);

    const ready = await broken.request("/readyz");
    expect(ready.status).toBe(503);
    const body = await ready.json<{ configuration: string[] }>();
    expect(body.configuration).toEqual([expect.stringMatching(/^API_KEYS /)]);
    expect(JSON.stringify([body, broken.logs])).not.toContain("sk_live_secret");
  });

  test("say in the log what is wrong", async () => {
    const broken = createHarness({ redis, prefix: `${redis.prefix}broken`, env: { API_KEYS: "no" } });
    await post(`Bearer ${KEYS.all}`, broken);
    expect(String(broken.logs[0]?.error)).toContain("API_KEYS is not JSON");
  });

  test("without any key in them are no fault, and let nobody in", async () => {
    const keys = createApiKeys("{}");
    expect(keys.problem).toBeNull();
    expect(await keys.find("")).toBeUndefined();
  });
});

test("another API_KEYS holds from the next request on", async () => {
  const turning = createHarness({ redis, prefix: `${redis.prefix}turning` });
  expect((await post(`Bearer ${KEYS.all}`, turning)).status).toBe(201);
  Object.assign(turning.env, { API_KEYS: "{}" });
  expect((await post(`Bearer ${KEYS.all}`, turning)).status).toBe(401);
});
