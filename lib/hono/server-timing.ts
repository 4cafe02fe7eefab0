// What a request has cost in Redis, told on its answer.

import type { Context, Env, MiddlewareHandler } from "hono";
import type { Meter } from "../redis/index.ts";

/**
 * Adds `Server-Timing: redis;dur=12.3;desc="trips=1 commands=4"` to every answer, errors too. What goes on behind the
 * answer is not in it.
 *
 * @param meter the request's: `(c) => c.var.redis.meter`
 *
 * Cost: none.
 */
export function serverTiming<E extends Env>(meter: (c: Context<E>) => Meter): MiddlewareHandler<E> {
  return async function serverTimingMiddleware(c, next) {
    await next();
    c.header("Server-Timing", meter(c).serverTiming(), { append: true });
  };
}
