// A Worker of one's own with Sedge: a limit, a session and a cached read, in one trip to Redis.

import { env, waitUntil } from "cloudflare:workers";
import { Hono } from "hono";
import { createCache } from "sedge/cache";
import { RedisUnavailableError } from "sedge/errors";
import {
  createSessionCookie,
  loadSession,
  rateLimit,
  sameOrigin,
  serverTiming,
  type SessionVariables,
} from "sedge/hono";
import { clientIdentifier, createRateLimiter, type Policy } from "sedge/ratelimit";
import { createConnection, type Redis } from "sedge/redis";
import { createSessions } from "sedge/sessions";

interface Variables extends SessionVariables {
  redis: Redis;
}
interface AppEnv {
  Variables: Variables;
}

// Once per isolate.
const connection = createConnection({ url: env.UPSTASH_REDIS_REST_URL, token: env.UPSTASH_REDIS_REST_TOKEN });
const cookie = createSessionCookie({ secure: env.DEVELOPMENT !== "true" });
const everyone: Policy = {
  name: "everyone",
  limit: 100,
  windowSeconds: 60,
  algorithm: "sliding",
  failure: "open",
};

const sessionsOf = (redis: Redis) => createSessions({ redis, prefix: env.KEY_PREFIX, waitUntil });

const app = new Hono<AppEnv>()
  .use(async (c, next) => {
    // Once per request: what starts together goes out together.
    c.set("redis", connection.open());
    await next();
  })
  .use(serverTiming<AppEnv>((c) => c.var.redis.meter))
  .use(sameOrigin({ refuse: (c) => c.text("Not from another site.", 403) }))
  .use(
    rateLimit<AppEnv>({
      limiter: (c) => createRateLimiter({ redis: c.var.redis, prefix: env.KEY_PREFIX }),
      limits: (c) => [{ policy: everyone, identifier: clientIdentifier(c.req.header("CF-Connecting-IP")) }],
    }),
  )
  .use(loadSession<AppEnv>({ sessions: (c) => sessionsOf(c.var.redis), cookie }))

  .get("/articles/:id{\\d+}", async (c) => {
    const id = c.req.param("id");
    const cache = createCache({ redis: c.var.redis, prefix: env.KEY_PREFIX, waitUntil });
    const [article, session] = await Promise.all([
      cache.load(`article:${id}`, () => readArticle(id), { ttlSeconds: 60, tags: ["articles"] }),
      c.var.session.load(),
    ]);
    return c.json({ article: article.value, from: article.status.kind, reader: session?.userId ?? null });
  })

  // Whoever asks is signed in: put your own check here.
  .post("/session/:user{[a-z]{1,20}}", async (c) => {
    const { token, session } = await sessionsOf(c.var.redis).create({
      userId: c.req.param("user"),
      replaces: c.var.session.token,
    });
    cookie.set(c, token, session.expiresAt);
    return c.json({ user: session.userId }, 201);
  });

app.onError((error, c) => {
  if (error instanceof RedisUnavailableError) return c.text("Try again soon.", 503, { "Retry-After": "1" });
  console.error(error);
  return c.text("That is our fault.", 500);
});

/** Stands for a database. */
async function readArticle(id: string) {
  return { id, title: `Article ${id}`, readAt: new Date() };
}

export default app;
