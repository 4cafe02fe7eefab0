import { hc } from "hono/client";
import { afterAll, beforeAll, beforeEach, describe, expect, expectTypeOf, test } from "vitest";
import type { AppType } from "../../functions/app.ts";
import { createSessions } from "../../lib/sessions/index.ts";
import { createClock } from "../support/cache.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../support/redis.ts";
import {
  createBrowser,
  sessionOf,
  signedIn,
  signUp,
  type Browser,
  type SessionBody,
} from "./support/browser.ts";
import { createHarness, problemOf, type Harness } from "./support/harness.ts";
import { readOpenApi } from "./support/openapi.ts";

let redis: TestRedis;
let proxy: FaultProxy;
let harness: Harness;
let clock: ReturnType<typeof createClock>;
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
  tests += 1;
  clock = createClock();
  const behind = new Set<Promise<unknown>>();
  const waitUntil = (work: Promise<unknown>) => void behind.add(work);
  const { now } = clock;
  harness = createHarness({
    redis: { url: proxy.url, token: redis.token },
    prefix: `${redis.prefix}sessions${tests}`,
    adapt: (services) => ({
      ...services,
      sessions: createSessions({ redis: services.redis, prefix: services.prefix, now, waitUntil }),
    }),
  });
  harness.settled = async () => void (await Promise.all(behind));
  await signUp(harness);
  browser = await signedIn(harness);
});

/** As a browser that has kept this token. */
const holding = (token: string | undefined): Browser => Object.assign(createBrowser(harness), { token });

describe("GET /v1/session", () => {
  test("answers the session, for its user alone, after one trip with one command", async () => {
    const response = await browser.send("GET", "/v1/session");
    expect(response.status).toBe(200);
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(response.headers.get("Set-Cookie")).toBeNull();
    expect(response.headers.get("Server-Timing")).toContain('desc="trips=1 commands=1"');
    expect(await response.json()).toMatchObject({ user: { name: "Ada Lovelace" }, data: {} });
  });

  test("renews it: used each half hour it lives on, and unused it ends after an hour", async () => {
    const first = (await sessionOf(browser)) as SessionBody;
    for (let i = 0; i < 4; i += 1) {
      clock.advance(1_800);
      const { idleExpiresAt } = (await sessionOf(browser)) as SessionBody;
      expect(Date.parse(idleExpiresAt)).toBe(clock.now() + 3_600_000);
      await harness.settled();
    }
    expect(((await sessionOf(browser)) as SessionBody).expiresAt).toBe(first.expiresAt);
    clock.advance(3_600);
    expect(await sessionOf(browser)).toBe(401);
  });

  test("writes a renewal once in ten seconds", async () => {
    const commands = (name: RegExp) =>
      proxy.seen
        .flatMap((request) => request.commands)
        .filter((words) => name.test(words[0] ?? "") && words.some((word) => word.includes(":sessions:")));
    clock.advance(9);
    proxy.reset();
    await sessionOf(browser);
    await harness.settled();
    expect(commands(/./)).toHaveLength(1);
    clock.advance(1);
    for (let i = 0; i < 3; i += 1) {
      await sessionOf(browser);
      await harness.settled();
    }
    expect(commands(/^hgetall$/i)).toHaveLength(4);
    expect(commands(/^evalsha$/i)).toHaveLength(1);
  });

  test.each([undefined, "", "x", "a".repeat(81)])(
    "with the cookie %j is a 401 that says to sign in",
    async (token) => {
      const response = await holding(token).send("GET", "/v1/session");
      expect(response.status).toBe(401);
      expect(response.headers.get("Set-Cookie")).toBeNull();
      const problem = await problemOf(response);
      expect(problem.type).toMatch(/#unauthorized$/);
      expect(problem.detail).toMatch(/^Sign in/);
    },
  );

  test("takes no development cookie where there is https", async () => {
    const headers = { Cookie: `session=${browser.token ?? ""}` };
    expect((await harness.request("/v1/session", { headers })).status).toBe(401);
  });
});

const patch = (data: unknown) => browser.send("PATCH", "/v1/session", { data });

describe("PATCH /v1/session", () => {
  test("merges field by field: others stay, null removes, values come back as JSON had them", async () => {
    expect((await patch({ theme: "dark", cart: [7, { n: 1 }], "1e5": "007" })).status).toBe(200);
    const response = await patch({ theme: null, locale: "de", cart: [], nested: { a: null } });
    const data = { locale: "de", cart: [], nested: { a: null }, "1e5": "007" };
    expect(await response.json()).toMatchObject({ user: { name: "Ada Lovelace" }, data });
    expect(((await sessionOf(browser)) as SessionBody).data).toEqual(data);
  });

  test("keeps fields called as what every object has", async () => {
    await browser.send(
      "PATCH",
      "/v1/session",
      '{"data":{"constructor":1,"__proto__":{"a":2},"toString":"x"}}',
    );
    const text = await (await browser.send("GET", "/v1/session")).text();
    expect(text).toContain('"constructor":1');
    expect(text).toContain('"__proto__":{"a":2}');
    expect(text).toContain('"toString":"x"');
  });

  test("with nothing in it changes nothing", async () => {
    await patch({ theme: "dark" });
    expect(await (await patch({})).json()).toMatchObject({ data: { theme: "dark" } });
  });

  test.each<[number, unknown]>([
    [413, { text: "x".repeat(32_768) }],
    [413, Object.fromEntries(Array.from({ length: 129 }, (_, i) => [`f${i}`, i]))],
    [400, { "": 1 }],
    [400, { ["n".repeat(129)]: 1 }],
    [400, { "\ud800": 1 }],
  ])("with data that cannot be kept is a %i, and keeps none of it", async (status, data) => {
    await patch({ theme: "dark" });
    const response = await patch({ locale: "de", ...(data as object) });
    expect(response.status).toBe(status);
    expect((await problemOf(response)).status).toBe(status);
    expect(((await sessionOf(browser)) as SessionBody).data).toEqual({ theme: "dark" });
  });

  test("that would make all data together too large is a 413", async () => {
    expect((await patch({ a: "x".repeat(20_000) })).status).toBe(200);
    expect((await patch({ b: "x".repeat(20_000) })).status).toBe(413);
    expect((await patch({ a: null })).status).toBe(200);
    expect((await patch({ b: "x".repeat(20_000) })).status).toBe(200);
  });

  test("nested too deep, or with a key that is not allowed within, is a 400", async () => {
    const deep = `{"data":{"a":${"[".repeat(20_000)}${"]".repeat(20_000)}}}`;
    for (const body of [deep, '{"data":{"a":{"__proto__":1}}}']) {
      const response = await browser.send("PATCH", "/v1/session", body);
      expect(response.status).toBe(400);
      expect((await problemOf(response)).errors).toEqual([expect.objectContaining({ path: "data" })]);
    }
  });

  test.each([{}, { data: null }, { data: [] }, { data: "x" }, { data: {}, user: {} }, []])(
    "with the body %j is a 400",
    async (body) => {
      expect((await browser.send("PATCH", "/v1/session", body)).status).toBe(400);
    },
  );
});

describe("POST /v1/session/rotation", () => {
  test("answers the session with a new cookie, and the old one is dead", async () => {
    await browser.send("PATCH", "/v1/session", { data: { theme: "dark" } });
    const before = (await sessionOf(browser)) as SessionBody;
    const old = browser.token;
    const response = await browser.send("POST", "/v1/session/rotation");
    expect(response.status).toBe(200);
    expect(response.headers.get("Set-Cookie")).toMatch(
      /^__Host-session=[\w-]{81}; Max-Age=\d+; .*HttpOnly; Secure/,
    );
    expect(await response.json()).toEqual(before);
    expect(browser.token).not.toBe(old);
    expect(await sessionOf(browser)).toEqual(before);
    for (const [method, path] of [
      ["GET", "/v1/session"],
      ["POST", "/v1/session/rotation"],
      ["DELETE", "/v1/session"],
    ]) {
      expect((await holding(old).send(method ?? "", path ?? "")).status).toBe(401);
    }
    expect(await sessionOf(browser)).toEqual(before);
  });

  test("does not move the absolute end", async () => {
    const { expiresAt } = (await sessionOf(browser)) as SessionBody;
    clock.advance(1_800);
    const rotated = await (await browser.send("POST", "/v1/session/rotation")).json<SessionBody>();
    expect(rotated.expiresAt).toBe(expiresAt);
  });
});

describe("DELETE /v1/session", () => {
  test("answers 204, takes the cookie back, and the session is gone for whoever kept it", async () => {
    const old = holding(browser.token);
    const response = await browser.send("DELETE", "/v1/session");
    expect(response.status).toBe(204);
    expect(response.headers.get("Set-Cookie")).toBe(
      "__Host-session=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax",
    );
    expect(browser.token).toBeUndefined();
    expect(await sessionOf(old)).toBe(401);
    expect((await old.send("PATCH", "/v1/session", { data: { a: 1 } })).status).toBe(401);
    expect((await old.send("DELETE", "/v1/session")).status).toBe(401);
  });
});

describe("of what is wrong with a call the first is told", () => {
  const FOREIGN = { Origin: "https://evil.example" };
  const routes = [
    ["PATCH", "/v1/session"],
    ["POST", "/v1/session/rotation"],
    ["DELETE", "/v1/session"],
    ["DELETE", "/v1/sessions"],
    ["DELETE", "/v1/sessions?others=true"],
    ["DELETE", "/v1/sessions/x"],
  ];

  test.each(routes)(
    "%s %s: 401 without a session, then 403 from another page, which changes nothing",
    async (method, path) => {
      const body = method === "PATCH" ? "{" : undefined;
      expect((await holding("x").send(method ?? "", path ?? "", body, FOREIGN)).status).toBe(401);
      const elsewhere = await signedIn(harness);
      for (const headers of [
        FOREIGN,
        { "Sec-Fetch-Site": "cross-site" },
        { Origin: "https://shop.example" },
      ]) {
        const response = await browser.send(method ?? "", path ?? "", body, headers);
        expect(response.status).toBe(403);
        expect((await problemOf(response)).type).toMatch(/#forbidden$/);
        expect(response.headers.get("Set-Cookie")).toBeNull();
      }
      for (const one of [browser, elsewhere]) expect(await sessionOf(one)).toMatchObject({ data: {} });
    },
  );

  test("PATCH /v1/session: then 413, 415, 400", async () => {
    const tries: [number, string, string][] = [
      [413, " ".repeat(1_048_577), "text/plain"],
      [415, "{", "text/plain"],
      [400, "{", "application/json"],
    ];
    for (const [status, body, type] of tries) {
      const response = await browser.send("PATCH", "/v1/session", body, { "Content-Type": type });
      expect(response.status).toBe(status);
    }
  });

  test.each([
    ["/v1/session", "GET, HEAD, PATCH, DELETE, OPTIONS"],
    ["/v1/session/rotation", "POST, OPTIONS"],
    ["/v1/sessions", "GET, HEAD, POST, DELETE, OPTIONS"],
    ["/v1/sessions/x", "DELETE, OPTIONS"],
    ["/v1/users", "POST, OPTIONS"],
  ])("%s by another method: 405, and Allow: %s", async (path, allow) => {
    const response = await harness.request(path, { method: "PUT" });
    expect(response.status).toBe(405);
    expect(response.headers.get("Allow")).toBe(allow);
  });
});

test("the typed client and /openapi.json know the routes, and that they need the cookie", async () => {
  const client = hc<AppType>("http://localhost", {
    fetch: async (input: string | URL | Request, init?: RequestInit) => harness.app.request(input, init),
    headers: { Cookie: `__Host-session=${browser.token ?? ""}` },
  });
  const patched = await client.v1.session.$patch({ json: { data: { theme: "dark" } } });
  const session = await patched.json();
  expectTypeOf(session.user.name).toEqualTypeOf<string>();
  expect(session.data).toEqual({ theme: "dark" });
  const { items } = await (await client.v1.sessions.$get()).json();
  expect(items.map(({ current }) => current)).toEqual([true]);

  const { paths, components } = readOpenApi<{
    paths: Record<string, Record<string, { security?: unknown; requestBody?: unknown }>>;
    components: {
      securitySchemes: unknown;
      schemas: Record<string, { properties: Record<string, unknown> }>;
    };
  }>();
  expect(components.securitySchemes).toMatchObject({ session: { in: "cookie", name: "__Host-session" } });
  expect(paths["/v1/session"]?.["patch"]?.security).toEqual([{ session: [] }]);
  expect(paths["/v1/sessions"]?.["post"]?.security).toEqual([]);
  expect(components.schemas["SessionChanges"]?.properties["data"]).toMatchObject({
    type: "object",
    additionalProperties: true,
  });
});
