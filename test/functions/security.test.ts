// What must hold on every route, and what no single route's tests can say of all of them.

import { afterAll, beforeAll, expect, test } from "vitest";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { createHarness, KEYS, type Harness } from "./support/harness.ts";
import { readOpenApi } from "./support/openapi.ts";

let redis: TestRedis;
let harness: Harness;

beforeAll(async () => {
  redis = await startRedis();
  harness = createHarness({
    redis,
    prefix: `${redis.prefix}security`,
    env: { CORS_ORIGINS: "https://shop.example" },
  });
});
afterAll(() => redis.close());

interface Described {
  security?: Record<string, string[]>[];
  requestBody?: object;
}

const METHODS = new Set(["get", "post", "put", "patch", "delete"]);
const operations = Object.entries(
  readOpenApi<{ paths: Record<string, Record<string, Described>> }>().paths,
).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, { security = [], requestBody }]) => {
    if (!METHODS.has(method)) return [];
    const called = path.replaceAll(/\{[^}]+\}/g, "x");
    return [{ method: method.toUpperCase(), path: called, security, takesBody: requestBody !== undefined }];
  }),
);
const needsKey = operations.filter(({ security }) => security.some((each) => "key" in each));
const needsSession = operations.filter(({ security }) => security.some((each) => "session" in each));

test("nothing is changed without a key or a session, but by signing up and signing in", () => {
  const open = operations.filter(({ method, security }) => method !== "GET" && security.length === 0);
  expect(open.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "POST /v1/users",
    "POST /v1/sessions",
  ]);
});

test.each([...needsKey, ...needsSession])(
  "$method $path without a key or a cookie is a 401",
  async (call) => {
    expect((await harness.request(call.path, { method: call.method })).status).toBe(401);
  },
);

test.each(needsKey)("$method $path with a key without scopes is a 403", async ({ method, path }) => {
  const headers = { Authorization: `Bearer ${KEYS.none}` };
  expect((await harness.request(path, { method, headers })).status).toBe(403);
});

test.each(needsKey.filter(({ security }) => security.every(({ key = [] }) => key[0] !== "products:write")))(
  "$method $path with a key for all of another area is a 403",
  async ({ method, path }) => {
    const headers = { Authorization: `Bearer ${KEYS.area}` };
    expect((await harness.request(path, { method, headers })).status).toBe(403);
  },
);

test.each(needsSession)("$method $path with a key, and no session, is a 401", async ({ method, path }) => {
  const headers = { Authorization: `Bearer ${KEYS.all}` };
  expect((await harness.request(path, { method, headers })).status).toBe(401);
});

test.each([
  ["http://example.com:8787", 403],
  ["http://localhost.example.com:8787", 403],
  ["http://127.0.0.1.example.com:8787", 403],
  ["http://192.168.1.7:8787", 403],
  ["http://localhost:8787", 200],
  ["http://sedge.localhost:8787", 200],
  ["http://127.0.0.1:8787", 200],
  ["http://[::1]:8787", 200],
])("in development a call of %s, with a key that is good, is a %i", async (origin, status) => {
  const development = createHarness({
    redis,
    prefix: `${redis.prefix}development`,
    env: { DEVELOPMENT: "true" },
  });
  const headers = { Authorization: `Bearer ${KEYS.all}`, Origin: origin };
  expect((await development.app.request(`${origin}/v1/counters/x`, { headers })).status).toBe(status);
});

test("no answer lets a page of another origin send cookies along, allowed or not", async () => {
  for (const origin of ["https://shop.example", "https://evil.example"]) {
    for (const { method, path } of operations) {
      const preflight = { Origin: origin, "Access-Control-Request-Method": method };
      const { headers } = await harness.request(path, { method: "OPTIONS", headers: preflight });
      expect(headers.get("Access-Control-Allow-Credentials"), path).toBeNull();
    }
  }
});

const POLLUTION = [
  '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
  '{"data":{"__proto__":{"polluted":1}},"set":{"__proto__":{"polluted":1}}}',
  '[{"__proto__":{"polluted":1}}]',
];

test.each(operations.filter(({ takesBody }) => takesBody))(
  "$method $path: a body with __proto__ in it touches no other object",
  async ({ method, path }) => {
    for (const body of POLLUTION) {
      const headers = { Authorization: `Bearer ${KEYS.all}`, "Content-Type": "application/json" };
      expect((await harness.request(path, { method, headers, body })).status).toBeLessThan(500);
      expect({}).not.toHaveProperty("polluted");
    }
  },
);
