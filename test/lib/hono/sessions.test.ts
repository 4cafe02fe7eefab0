import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSessionCookie } from "../../../lib/hono/session-cookie.ts";
import { loadSession, requireSession, type SessionVariables } from "../../../lib/hono/sessions.ts";
import { createConnection, type Redis } from "../../../lib/redis/index.ts";
import { createSessions } from "../../../lib/sessions/index.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../support/redis.ts";
import { newUser, openSessions } from "../../support/sessions.ts";

let target: TestRedis;
let proxy: FaultProxy;
beforeAll(async () => {
  target = await startRedis();
  proxy = await startFaultProxy(target.url);
});
afterAll(async () => {
  await proxy.close();
  await target.close();
});

interface TestEnv {
  Variables: SessionVariables & { redis: Redis };
}

const cookie = createSessionCookie();

/** An app whose requests have a client each, and read something of their own beside the session. */
function createApp(eager: boolean) {
  const app = new Hono<TestEnv>();
  app.onError((error, c) => c.text(error.name, 503));
  app.use(async (c, next) => {
    c.set("redis", createConnection({ url: proxy.url, token: target.token }).open());
    await next();
  });
  app.use(
    loadSession<TestEnv>({
      sessions: (c) => createSessions({ redis: c.var.redis, prefix: target.prefix }),
      cookie,
      eager,
    }),
  );
  app.get("/page", async (c) => {
    const page = await c.var.redis.send<string | null>((p) => p.get(`${target.prefix}page`));
    return c.json({ page, user: (await c.var.session.load())?.userId ?? null });
  });
  app.get("/static", (c) => c.text("static"));
  app.use("/me", requireSession<TestEnv>({ refuse: (c) => c.text("who?", 401) }));
  app.get("/me", async (c) => {
    const again = await c.var.session.load();
    return c.json({ id: c.var.signedIn.id, same: again === c.var.signedIn });
  });
  return app;
}

async function signIn() {
  const userId = newUser();
  const opened = await openSessions(target).sessions.create({ userId });
  return { ...opened, userId, headers: { Cookie: `__Host-session=${opened.token}` } };
}

describe("a request with a session's cookie", () => {
  test("waits for Redis once, for its session and what else it reads", async () => {
    const { headers, userId } = await signIn();
    proxy.reset();
    const response = await createApp(true).request("/page", { headers });
    expect(await response.json()).toEqual({ page: null, user: userId });
    expect(proxy.requests).toBe(1);
    expect(proxy.commands).toBe(2);
  });

  test("reads it once, however often it is asked for", async () => {
    const { headers, session } = await signIn();
    for (const eager of [true, false]) {
      proxy.reset();
      const response = await createApp(eager).request("/me", { headers });
      expect(await response.json()).toEqual({ id: session.id, same: true });
      expect(proxy.commands).toBe(1);
    }
  });

  test("reads nothing where nobody asks, unless eagerly", async () => {
    const { headers } = await signIn();
    proxy.reset();
    await createApp(false).request("/static", { headers });
    expect(proxy.requests).toBe(0);
    await createApp(true).request("/static", { headers });
    await expect.poll(() => proxy.requests).toBe(1);
  });
});

describe("a request without a session", () => {
  test.each([
    ["no cookie", {}],
    ["a cookie that is no token", { Cookie: "__Host-session=x" }],
    ["the cookie of plain http", { Cookie: `session=${"a".repeat(81)}` }],
  ])("is refused where one is needed, and asks nothing of Redis: %s", async (_what, headers) => {
    proxy.reset();
    expect((await createApp(true).request("/me", { headers })).status).toBe(401);
    expect((await createApp(true).request("/static", { headers })).status).toBe(200);
    expect(proxy.requests).toBe(0);
  });

  test("is refused after the session was ended", async () => {
    const { headers, token } = await signIn();
    await openSessions(target).sessions.end(token);
    expect((await createApp(true).request("/me", { headers })).status).toBe(401);
  });
});

test("with Redis away, what needs the session fails, and what does not is served", async () => {
  const { headers } = await signIn();
  proxy.mode = "refuse";
  try {
    const app = createApp(true);
    const response = await app.request("/me", { headers });
    expect([response.status, await response.text()]).toEqual([503, "RedisUnavailableError"]);
    expect((await app.request("/static", { headers })).status).toBe(200);
  } finally {
    proxy.mode = "pass";
  }
});
