// What a browser may take an answer for.

import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "./environment.ts";

/** Says on every answer that it is of its `Content-Type` and nothing else: what a caller has put into it is no page and no script. */
export function noSniff(): MiddlewareHandler<AppEnv> {
  return async function noSniffMiddleware(c, next) {
    await next();
    c.header("X-Content-Type-Options", "nosniff");
  };
}
