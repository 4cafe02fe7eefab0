import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createAddressGuard, type Resolve } from "../../lib/webhooks/index.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../support/redis.ts";
import { createHarness, KEYS, problemOf, type Harness } from "./support/harness.ts";
import { createSubscriptionsClient, HOOK } from "./support/subscriptions.ts";

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
  proxy.mode = "pass";
  tests += 1;
  harness = create();
});

/** @param resolve what names lead to; without it, local addresses are allowed and no name is asked for */
function create(resolve?: Resolve, redisTimeoutMs = 5_000): Harness {
  return createHarness({
    redis: { url: proxy.url, token: redis.token },
    prefix: `${redis.prefix}subscriptions${tests}`,
    redisTimeoutMs,
    ...(resolve !== undefined && {
      adapt: (services) => ({ ...services, webhookAddresses: createAddressGuard({ resolve }) }),
    }),
  });
}

const { all, get, make, patch, post } = createSubscriptionsClient(() => harness);
const errorsOf = async (response: Response) => (await problemOf(response)).errors;

const PUBLIC = ["93.184.216.34"];
const resolving = (addresses: readonly string[] | null) => async () => addresses;

describe("a URL that a webhook may not go to", () => {
  test.each([
    ["http://example.com/", "must begin with https://", PUBLIC],
    ["https://127.0.0.1/", "must not lead to a private or local address", PUBLIC],
    ["https://2130706433/", "must not lead to a private or local address", PUBLIC],
    ["https://[fd00:ec2::254]/", "must not lead to a private or local address", PUBLIC],
    ["https://metadata.google.internal/", "must not lead to a private or local address", PUBLIC],
    [
      "https://rebound.example.com/",
      "must not lead to a private or local address",
      ["93.184.216.34", "10.0.0.1"],
    ],
    ["https://nowhere.example.com/", "must have a name that leads somewhere", []],
  ])("%s: %s, which is a 400 in POST and in PATCH and changes nothing", async (url, message, addresses) => {
    const { id } = await make();
    harness = create(resolving(addresses));
    for (const response of [await post({ pattern: "a", url }), await patch(id, { url, status: "paused" })]) {
      expect(response.status).toBe(400);
      expect(await errorsOf(response)).toEqual([{ path: "url", message }]);
    }
    expect(await all()).toHaveLength(2);
    expect(await (await get(`/${id}`)).json()).toMatchObject({ url: HOOK, status: "active" });
  });

  test("may be one where its name cannot be looked up now: it will be, before anything is sent", async () => {
    harness = create(resolving(null));
    expect((await post({ pattern: "a", url: "https://example.com/" })).status).toBe(201);
    expect((await post({ pattern: "a", url: "https://10.0.0.1/" })).status).toBe(400);
  });

  test.each(["", "false", "1", "TRUE", undefined])(
    "is a local one wherever WEBHOOKS_LOCAL is %j",
    async (value) => {
      harness = createHarness({
        redis: { url: proxy.url, token: redis.token },
        prefix: `${redis.prefix}subscriptions${tests}`,
        env: value === undefined ? {} : { WEBHOOKS_LOCAL: value },
        ...(value === undefined && {
          adapt: (services) => ({
            ...services,
            webhookAddresses: createAddressGuard({ resolve: async () => null }),
          }),
        }),
      });
      for (const url of [
        "http://localhost:3000/",
        "http://127.0.0.1/",
        "https://[::1]/",
        "https://192.168.0.1/",
      ]) {
        expect((await post({ pattern: "a", url })).status, url).toBe(400);
      }
    },
  );
});

const CALLS: [string, string, unknown][] = [
  ["POST", "", { pattern: "a", url: HOOK }],
  ["GET", "", undefined],
  ["GET", "/one", undefined],
  ["PATCH", "/one", { status: "paused" }],
  ["DELETE", "/one", undefined],
  ["GET", "/one/deliveries", undefined],
  ["GET", "/one/dead", undefined],
  ["POST", "/one/dead/replay", undefined],
];
const call = (
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = { Authorization: `Bearer ${KEYS.all}` },
) =>
  harness.request(`/v1/subscriptions${path}`, {
    method,
    headers: { ...headers, ...(body !== undefined && { "Content-Type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

test.each(CALLS)("%s %s needs a key with the scope to read or to write", async (method, path, body) => {
  expect((await call(method, path, body, {})).status).toBe(401);
  const refused = await call(method, path, body, { Authorization: `Bearer ${KEYS.products}` });
  expect(refused.status).toBe(403);
  const scope = method === "GET" ? "subscriptions:read" : "subscriptions:write";
  expect((await problemOf(refused)).detail).toContain(`${scope}.`);
});

test.each(CALLS.filter(([, path]) => path !== ""))(
  "%s %s is a 404 where there is none, and a 400 where it has no name",
  async (method, path, body) => {
    expect((await call(method, path, body)).status).toBe(404);
    for (const name of ["%20", "a%2Fb", "%7Ba%7D", "a".repeat(129)]) {
      const response = await call(method, path.replace("one", name), body);
      expect(response.status, name).toBe(400);
      expect((await errorsOf(response))?.[0]?.path).toBe("id");
    }
  },
);

test.each(["refuse", "hang", "status500", "garbage"] as const)(
  "with a Redis that does %s, every call is a 503 that says when to try again",
  async (mode) => {
    harness = create(undefined, 100);
    proxy.mode = mode;
    for (const [method, path, body] of CALLS) {
      const response = await call(method, path, body);
      expect(response.status, `${method} ${path}`).toBe(503);
      expect(response.headers.get("Retry-After")).toMatch(/^\d+$/);
      expect((await problemOf(response)).type).toMatch(/#redis-unavailable$/);
    }
  },
);
