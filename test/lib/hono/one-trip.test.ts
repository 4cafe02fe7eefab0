import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCache } from "../../../lib/cache/index.ts";
import {
  createSessionCookie,
  loadSession,
  rateLimit,
  type SessionVariables,
} from "../../../lib/hono/index.ts";
import { createLeases, createRateLimiter, type Policy } from "../../../lib/ratelimit/index.ts";
import { createConnection, type Redis } from "../../../lib/redis/index.ts";
import { createSessions } from "../../../lib/sessions/index.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../support/redis.ts";

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

const DELAY_MS = 400;
const cookie = createSessionCookie({ secure: false });
const tags = ["products", "category:audio", "shop:1"];

/** A shop: a limit, then the session, then a handler that reads a product and greets who is signed in. */
function createShop(policy: Policy) {
  const connection = createConnection({ url: proxy.url, token: target.token, timeoutMs: 5_000 });
  const leases = createLeases();
  const { prefix } = target;
  interface Env {
    Variables: SessionVariables & { redis: Redis };
  }
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    c.set("redis", connection.open());
    await next();
    const { trips, commands } = c.var.redis.meter;
    c.header("X-Cost", `${trips} trips, ${commands} commands`);
  });
  app.use(
    rateLimit<Env>({
      limiter: (c) => createRateLimiter({ redis: c.var.redis, prefix, leases, timeoutMs: 5_000 }),
      limits: () => [{ policy, identifier: "ada" }],
    }),
  );
  app.use(loadSession<Env>({ sessions: (c) => createSessions({ redis: c.var.redis, prefix }), cookie }));
  app.get("/product", async (c) => {
    const cache = createCache({ redis: c.var.redis, prefix, earlyRefresh: 0 });
    const [{ value }, session] = await Promise.all([
      cache.load("product:1", async () => "a chair", { tags }),
      c.var.session.load(),
    ]);
    return c.text(`${value} for ${session?.userId}`);
  });
  return app;
}

describe("a GET of a cached product by a signed-in caller under a limit", () => {
  const limit = { name: "shop", limit: 1_000, windowSeconds: 60, algorithm: "sliding" } as const;

  test.each([
    ["with permits in advance", { ...limit, lease: { permits: 100 } }, "1 trips, 2 commands"],
    ["asking Redis for its limit", limit, "1 trips, 6 commands"],
  ])("%s waits for Redis once", async (_how, policy, cost) => {
    proxy.mode = "pass";
    const redis = createConnection({ url: proxy.url, token: target.token, timeoutMs: 5_000 }).open();
    const { token } = await createSessions({ redis, prefix: target.prefix }).create({ userId: "ada" });
    const shop = createShop(policy);
    const get = () => shop.request("/product", { headers: { Cookie: `session=${token}` } });
    await get();
    await get();

    proxy.mode = { delayMs: DELAY_MS };
    proxy.reset();
    const started = Date.now();
    const answer = await get();
    const elapsedMs = Date.now() - started;
    expect(await answer.text()).toBe("a chair for ada");
    expect(answer.headers.get("RateLimit")).toContain('"shop"');
    expect(answer.headers.get("X-Cost")).toBe(cost);
    expect(proxy.requests).toBe(1);
    expect(elapsedMs).toBeLessThan(2 * DELAY_MS);
  });
});
