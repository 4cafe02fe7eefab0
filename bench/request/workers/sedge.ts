// The request on Sedge, as its README and examples/worker have it.

import { env, waitUntil } from "cloudflare:workers";
import { Hono } from "hono";
import { createCache, createCacheMemory } from "../../../lib/cache/index.ts";
import {
  createSessionCookie,
  loadSession,
  rateLimit,
  type SessionVariables,
} from "../../../lib/hono/index.ts";
import {
  clientIdentifier,
  createLeases,
  createRateLimiter,
  type Policy,
} from "../../../lib/ratelimit/index.ts";
import { createConnection, type Redis } from "../../../lib/redis/index.ts";
import { createSessions } from "../../../lib/sessions/index.ts";
import { readArticle, tagsOf, TTL_SECONDS } from "./article.ts";

interface AppEnv {
  Variables: SessionVariables & { redis: Redis };
}

/** Longer than by default: a machine that is busy measuring is no Redis that is away. */
const timeoutMs = 5_000;

// Once per isolate.
const connection = createConnection({
  url: env.UPSTASH_REDIS_REST_URL,
  token: env.UPSTASH_REDIS_REST_TOKEN,
  timeoutMs,
});
const cookie = createSessionCookie();
const inProcess = env.IN_PROCESS === "true";
const leases = createLeases();
const memory = createCacheMemory();
const everyone: Policy = {
  name: "everyone",
  limit: env.LIMIT,
  windowSeconds: 60,
  algorithm: "sliding",
  failure: "open",
  ...(inProcess && { lease: { permits: Math.min(1_000, env.LIMIT) } }),
};

const sessionsOf = (redis: Redis) => createSessions({ redis, waitUntil });
const cacheOf = (redis: Redis) => createCache({ redis, waitUntil, ...(inProcess && { memory }) });

const app = new Hono<AppEnv>()
  .use(async (c, next) => {
    c.set("redis", connection.open());
    await next();
  })
  .use(
    "/articles/*",
    rateLimit<AppEnv>({
      limiter: (c) => createRateLimiter({ redis: c.var.redis, leases, timeoutMs }),
      limits: (c) => [{ policy: everyone, identifier: clientIdentifier(c.req.header("CF-Connecting-IP")) }],
    }),
  )
  .use(loadSession<AppEnv>({ sessions: (c) => sessionsOf(c.var.redis), cookie }))

  .get("/articles/:id", async (c) => {
    const id = c.req.param("id");
    const [{ value }, session] = await Promise.all([
      cacheOf(c.var.redis).load(`article:${id}`, () => readArticle(id), {
        ttlSeconds: TTL_SECONDS,
        tags: tagsOf(id),
      }),
      c.var.session.load(),
    ]);
    if (session === null) return c.text("Sign in.", 401);
    return c.json({ article: value, reader: session.userId });
  })
  .post("/invalidations/:tag", async (c) => {
    await cacheOf(c.var.redis).invalidateTags(c.req.param("tag"));
    return c.body(null, 204);
  })
  .post("/session/:user", async (c) => {
    const { token, session } = await sessionsOf(c.var.redis).create({ userId: c.req.param("user") });
    cookie.set(c, token, session.expiresAt);
    return c.body(null, 201);
  });

export default app;
