// The request on peers: @upstash/ratelimit, @hono/session, and a cache that the caller brings.

import { env, waitUntil } from "cloudflare:workers";
import { useSession, useSessionStorage, type SessionEnv } from "@hono/session";
import { Ratelimit } from "@upstash/ratelimit";
import { Redis } from "@upstash/redis/cloudflare";
import { Hono } from "hono";
import type { Article } from "../article.ts";

export interface ArticleCache {
  read(id: string): Promise<Article>;
  invalidate(tag: string): Promise<void>;
}

interface Reader {
  readonly user: string;
}

const SESSION_SECONDS = 3_600;
const WINDOW_SECONDS = 60;

/** @param cacheOf makes the isolate's cache */
export function createPeersApp(cacheOf: (redis: Redis) => ArticleCache) {
  // Once per isolate.
  const redis = new Redis({
    url: env.UPSTASH_REDIS_REST_URL,
    token: env.UPSTASH_REDIS_REST_TOKEN,
    enableTelemetry: false,
    // As Sedge has it: base64 costs processor time.
    responseEncoding: false,
    // The cache and the sessions make and read their JSON themselves.
    automaticDeserialization: false,
  });
  const isInProcess = env.IN_PROCESS === "true";
  const window = `${WINDOW_SECONDS} s` as const;
  const ratelimit = new Ratelimit({
    redis,
    limiter: isInProcess
      ? Ratelimit.cachedFixedWindow(env.LIMIT, window)
      : Ratelimit.slidingWindow(env.LIMIT, window),
    ephemeralCache: isInProcess && new Map(),
  });
  const cache = cacheOf(redis);

  return new Hono<SessionEnv<Reader>>()
    .use(
      useSessionStorage({
        async get(sid) {
          const text = await redis.get<string>(`session:${sid}`);
          return text === null ? null : (JSON.parse(text) as Reader);
        },
        // Nobody waits for these two, so a Worker would drop what is not told of.
        set: (sid, data) =>
          waitUntil(redis.set(`session:${sid}`, JSON.stringify(data), { ex: SESSION_SECONDS })),
        delete: (sid) => waitUntil(redis.del(`session:${sid}`)),
      }),
      useSession({ secret: "0123456789abcdef0123456789abcdef", duration: { absolute: SESSION_SECONDS } }),
    )
    .get("/articles/:id", async (c) => {
      // All at once, so that none waits for another; their READMEs await them in turn.
      const [limit, session, article] = await Promise.all([
        ratelimit.limit(c.req.header("CF-Connecting-IP") ?? "unknown"),
        c.var.session.get(),
        cache.read(c.req.param("id")),
      ]);
      waitUntil(limit.pending);
      const reset = Math.max(0, Math.ceil((limit.reset - Date.now()) / 1_000));
      c.header("RateLimit-Policy", `"everyone";q=${limit.limit};w=${WINDOW_SECONDS}`);
      c.header("RateLimit", `"everyone";r=${limit.remaining};t=${reset}`);
      if (!limit.success) return c.text("Too many requests.", 429, { "Retry-After": String(reset) });
      if (session === null) return c.text("Sign in.", 401);
      return c.json({ article, reader: session.user });
    })
    .post("/invalidations/:tag", async (c) => {
      await cache.invalidate(c.req.param("tag"));
      return c.body(null, 204);
    })
    .post("/session/:user", async (c) => {
      await c.var.session.update({ user: c.req.param("user") });
      return c.body(null, 201);
    });
}
