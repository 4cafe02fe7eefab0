// A name for each request.

import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "./environment.ts";

/** What Cloudflare sends. Anything else was made up by the caller. */
const RAY = /^[0-9a-f]{16}(-[A-Z]{3})?$/;

/** Names the request by Cloudflare's ray, or else by a UUID, and says so in `X-Request-Id`. */
export function requestId(): MiddlewareHandler<AppEnv> {
  return async function requestIdMiddleware(c, next) {
    const ray = c.req.header("CF-Ray");
    const id = ray !== undefined && RAY.test(ray) ? ray : crypto.randomUUID();
    c.set("requestId", id);
    await next();
    c.header("X-Request-Id", id);
  };
}
