import { afterAll, beforeAll, expect, test } from "vitest";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { sessionOf, signedIn, signUp, type SessionBody } from "./support/browser.ts";
import { createHarness, problemOf, type Harness } from "./support/harness.ts";

let redis: TestRedis;
let harness: Harness;

beforeAll(async () => {
  redis = await startRedis();
  harness = createHarness({ redis, prefix: `${redis.prefix}sessions-data` });
  await signUp(harness);
});
afterAll(async () => redis.close());

/** A field that is in so many lists and objects. */
const nested = (levels: number): string =>
  `{"data":{"a":${'{"b":'.repeat(levels - 1)}[]${"}".repeat(levels - 1)}}}`;

test("a field 32 levels deep is kept", async () => {
  const browser = await signedIn(harness);
  const response = await browser.send("PATCH", "/v1/session", nested(32));
  expect(response.status).toBe(200);
  const { data } = (await sessionOf(browser)) as SessionBody;
  expect(JSON.stringify({ data })).toBe(nested(32));
});

// A field of thousands was written, could not be read, and was its session's end.
test.each([33, 1_000, 2_000, 3_000, 150_000])(
  "a field %i levels deep is a 400, and the session goes on as it was",
  async (levels) => {
    const browser = await signedIn(harness);
    const response = await browser.send("PATCH", "/v1/session", nested(levels));
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors).toEqual([
      { path: "data", message: "has a field that is more than 32 levels deep" },
    ]);
    expect(await sessionOf(browser)).toMatchObject({ data: {} });
  },
);
