import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  startFaultProxy,
  startRedis,
  type FaultMode,
  type FaultProxy,
  type TestRedis,
} from "../support/redis.ts";
import { everything } from "../support/sessions.ts";
import { ADA, createBrowser, sessionOf, signedIn, signUp, type Browser } from "./support/browser.ts";
import { createHarness, problemOf, type Harness, type HarnessOptions } from "./support/harness.ts";

let redis: TestRedis;
let proxy: FaultProxy;
let harness: Harness;
let prefix = "";
let browser: Browser;
let tests = 0;

beforeAll(async () => {
  redis = await startRedis();
  proxy = await startFaultProxy(redis.url);
});
afterAll(async () => {
  await proxy.close();
  await redis.close();
});
beforeEach(async () => {
  proxy.mode = "pass";
  tests += 1;
  prefix = `${redis.prefix}away${tests}`;
  harness = createHarness({ redis, prefix });
  await signUp(harness);
  browser = await signedIn(harness);
  await browser.send("PATCH", "/v1/session", { data: { theme: "dark" } });
});

/** The same user and cookie, behind a Redis that can be taken away. */
function behindProxy(options: Partial<HarnessOptions> = {}): Browser {
  const target = { url: proxy.url, token: redis.token };
  const isolate = createHarness({ redis: target, prefix, sql: harness.sql, redisTimeoutMs: 100, ...options });
  return Object.assign(createBrowser(isolate), { token: browser.token });
}

const CREDENTIALS = { email: ADA.email, password: ADA.password };
const MODES: FaultMode[] = ["refuse", "hang", "status500", "garbage"];
const ROUTES: [method: string, path: string, body?: unknown][] = [
  ["POST", "/v1/sessions", CREDENTIALS],
  ["GET", "/v1/session"],
  ["PATCH", "/v1/session", { data: { theme: "light" } }],
  ["POST", "/v1/session/rotation"],
  ["DELETE", "/v1/session"],
  ["GET", "/v1/sessions"],
  ["DELETE", "/v1/sessions?others=true"],
  ["DELETE", "/v1/sessions"],
  ["DELETE", "/v1/sessions/AAAAAAAAAAAAAAAA"],
];

describe.each(MODES)("with a Redis that does %j", (mode) => {
  test.each(ROUTES)("%s %s is a 503, leaves the cookie, and changes nothing", async (method, path, body) => {
    const before = await everything({ ...redis, prefix: `${prefix}:sessions` });
    proxy.mode = mode;
    const away = behindProxy();
    const response = await away.send(method, path, body);
    expect(response.status).toBe(503);
    expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(0);
    expect(response.headers.get("Set-Cookie")).toBeNull();
    expect((await problemOf(response)).type).toMatch(/#redis-unavailable$/);
    expect(await everything({ ...redis, prefix: `${prefix}:sessions` })).toEqual(before);
    expect(await sessionOf(browser)).toMatchObject({ data: { theme: "dark" } });
  });

  test("what needs no session is answered, and nobody is known without a cookie", async () => {
    proxy.mode = mode;
    const away = behindProxy();
    expect((await away.send("GET", "/v1/users/nobody")).status).toBe(404);
    away.token = undefined;
    expect(await sessionOf(away)).toBe(401);
  });
});

test.each(ROUTES.slice(2))(
  "%s %s with a Redis that goes once the session is read is a 503 too",
  async (...route) => {
    const away = behindProxy({
      adapt: (services) => {
        const read = async (token: string) => {
          const session = await services.sessions.read(token);
          proxy.mode = "status500";
          return session;
        };
        return { ...services, sessions: { ...services.sessions, read } };
      },
    });
    const response = await away.send(...route);
    expect(response.status).toBe(503);
    expect(response.headers.get("Set-Cookie")).toBeNull();
    expect(await sessionOf(browser)).toMatchObject({ data: { theme: "dark" } });
  },
);

test("all is as before when Redis is back, within seconds", async () => {
  proxy.mode = "refuse";
  const away = behindProxy();
  expect(await sessionOf(away)).toBe(503);
  proxy.mode = "pass";
  await vi.waitFor(async () => expect(await sessionOf(away)).toEqual(await sessionOf(browser)), {
    timeout: 5_000,
  });
});
