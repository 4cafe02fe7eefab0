// The request on Hono and @upstash/redis alone, as a careful engineer writes it: one pipeline. What it leaves out is said in
// the part's text.

import { env } from "cloudflare:workers";
import { Redis } from "@upstash/redis/cloudflare";
import { Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { readArticle, tagsOf, TTL_SECONDS, type Article } from "./article.ts";

interface Entry {
  readonly article: Article;
  /** The versions of its tags when it was read; null where a tag was never invalidated. */
  readonly versions: readonly (number | null)[];
}

const WINDOW_SECONDS = 60;
const SESSION_SECONDS = 3_600;

// Explicit pipelines share nothing between requests, so one client serves the isolate.
const redis = new Redis({
  url: env.UPSTASH_REDIS_REST_URL,
  token: env.UPSTASH_REDIS_REST_TOKEN,
  enableAutoPipelining: false,
  enableTelemetry: false,
  // As Sedge has it: base64 costs processor time.
  responseEncoding: false,
});

const tagKey = (tag: string): string => `tag:${tag}`;

const hex = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** A database that is read by somebody else gives away no session. */
async function sessionKey(token: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return `session:${hex(digest)}`;
}

const app = new Hono()
  .get("/articles/:id", async (c) => {
    const id = c.req.param("id");
    const now = Math.floor(Date.now() / 1_000);
    const window = Math.floor(now / WINDOW_SECONDS);
    const limitKey = `limit:${c.req.header("CF-Connecting-IP") ?? "unknown"}:${window}`;
    const entryKey = `article:${id}`;

    const [used, , reader, [entry, ...versions]] = await redis
      .pipeline()
      .incr(limitKey)
      .expire(limitKey, WINDOW_SECONDS)
      .getex<string>(await sessionKey(getCookie(c, "session", "host") ?? ""), { ex: SESSION_SECONDS })
      .mget<[Entry | null, ...(number | null)[]]>(entryKey, ...tagsOf(id).map(tagKey))
      .exec<[number, number, string | null, [Entry | null, ...(number | null)[]]]>();

    c.header("RateLimit-Policy", `"everyone";q=${env.LIMIT};w=${WINDOW_SECONDS}`);
    const reset = (window + 1) * WINDOW_SECONDS - now;
    c.header("RateLimit", `"everyone";r=${Math.max(0, env.LIMIT - used)};t=${reset}`);
    if (used > env.LIMIT) return c.text("Too many requests.", 429, { "Retry-After": String(reset) });
    if (reader === null) return c.text("Sign in.", 401);
    if (entry?.versions.every((version, i) => version === versions[i])) {
      return c.json({ article: entry.article, reader });
    }
    const article = await readArticle(id);
    await redis.set(entryKey, { article, versions } satisfies Entry, { ex: TTL_SECONDS });
    return c.json({ article, reader });
  })
  .post("/invalidations/:tag", async (c) => {
    await redis.incr(tagKey(c.req.param("tag")));
    return c.body(null, 204);
  })
  .post("/session/:user", async (c) => {
    const token = hex(crypto.getRandomValues(new Uint8Array(32)).buffer);
    await redis.set(await sessionKey(token), c.req.param("user"), { ex: SESSION_SECONDS });
    setCookie(c, "session", token, { prefix: "host", httpOnly: true, sameSite: "Lax", secure: true });
    return c.body(null, 201);
  });

export default app;
