// What anybody would write on the first day: Upstash's protocol in forty lines of Hono, @hono/node-server and ioredis.
// The server that ours is compared with; its answers are right for what the table asks of it.
//
//   REDIS_URL=redis://127.0.0.1:6379 TOKEN=bench node bench/rest/plain-gateway.ts

import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { Redis } from "ioredis";

const redis = new Redis(process.env["REDIS_URL"] ?? "");
const app = new Hono();

/** Every string as base64, except a top-level OK. */
function encode(result: unknown, isTop = true): unknown {
  if (typeof result === "string") {
    return isTop && result === "OK" ? result : Buffer.from(result).toString("base64");
  }
  return Array.isArray(result) ? result.map((item) => encode(item, false)) : result;
}

// Not Hono's bearerAuth, which would hash both tokens for each request: a comparison of strings costs nothing.
app.use(async (c, next) => {
  if (c.req.header("authorization") !== `Bearer ${process.env["TOKEN"]}`) {
    return c.json({ error: "WRONGPASS invalid or missing auth token" }, 401);
  }
  return next();
});

app.post("/", async (c) => {
  const isBase64 = c.req.header("upstash-encoding") === "base64";
  const [name, ...args] = await c.req.json<[string, ...string[]]>();
  try {
    const result = await redis.call(name, ...args);
    return c.json({ result: isBase64 ? encode(result) : result });
  } catch (error) {
    return c.json({ error: String(error) }, 400);
  }
});

app.post("/pipeline", async (c) => {
  const isBase64 = c.req.header("upstash-encoding") === "base64";
  const commands = await c.req.json<[string, ...string[]][]>();
  const pipeline = redis.pipeline();
  for (const [name, ...args] of commands) pipeline.call(name, ...args);
  const replies = (await pipeline.exec()) ?? [];
  return c.json(
    replies.map(([error, result]) =>
      error === null ? { result: isBase64 ? encode(result) : result } : { error: error.message },
    ),
  );
});

serve({ fetch: app.fetch, port: Number(process.env["PORT"]), hostname: "127.0.0.1" });
