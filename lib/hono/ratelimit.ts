// Rate limits before a route: the headers, the refusal, and the check beside the handler where that is safe.

import type { Context, Env, MiddlewareHandler } from "hono";
import {
  QUOTA_EXCEEDED,
  rateLimitHeaders,
  violated,
  type Decision,
  type Limit,
  type RateLimiter,
} from "../ratelimit/index.ts";
import { problemResponse, type ProblemDetails } from "./problem.ts";

/** Methods that change nothing (RFC 9110, 9.2.1). */
const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** Why a call may not pass. */
export type RateLimitRefusal =
  /** 429: a limit is reached. */
  | "quota-exceeded"
  /** 503: Redis could not be asked, and a policy is closed. */
  | "unavailable";

export interface RateLimitMiddlewareOptions<E extends Env> {
  /** The request's, from `createRateLimiter`. */
  limiter: (c: Context<E>) => RateLimiter;
  /** What the call is checked against: all or nothing. With none it passes. */
  limits: (c: Context<E>) => readonly Limit[];
  /**
   * Answers for a call that may not pass, or throws. By default the problem with the headers.
   * @param problem of 429 `quota-exceeded` with `violated-policies`, or a plain one of 503
   * @param headers `RateLimit-Policy`, `RateLimit`, `Retry-After`
   */
  refuse?: (
    refusal: RateLimitRefusal,
    told: { problem: ProblemDetails; headers: Readonly<Record<string, string>> },
    c: Context<E>,
  ) => Response;
}

function problemOf(decision: Decision): ProblemDetails {
  if (decision.reason === "unavailable") {
    return { type: "about:blank", title: "Service Unavailable", status: 503 };
  }
  return {
    type: QUOTA_EXCEEDED,
    title: "Request cannot be satisfied as assigned quota has been exceeded",
    status: 429,
    "violated-policies": violated(decision).map(({ name }) => name),
  };
}

/**
 * Checks limits before the routes it stands before. Each answer carries `RateLimit-Policy` and `RateLimit`, beside those
 * of other limits; a refusal is problem+json with `Retry-After`.
 *
 * For a safe method the check and the handler start in the same tick, so that what both ask of Redis goes in one trip; where
 * the check says no, the handler's answer, or its fault, is thrown away when it has come. For any other method
 * nothing behind it runs before the check has said yes.
 *
 * Cost: as `check`; for safe methods in the handler's own first trip.
 */
export function rateLimit<E extends Env>({
  limiter,
  limits: limitsOf,
  refuse = (_refusal, { problem, headers }) => problemResponse(problem, headers),
}: RateLimitMiddlewareOptions<E>): MiddlewareHandler<E> {
  return async function rateLimitMiddleware(c, next) {
    const limits = limitsOf(c);
    if (limits.length === 0) return next();

    const safe = SAFE.has(c.req.method);
    // What those before this have put on the answer to come.
    const before = new Headers(c.res.headers);
    const [decision] = await Promise.all([limiter(c).check(limits), safe ? next() : undefined]);
    const headers = rateLimitHeaders(decision);

    if (!decision.success) {
      if (safe) await discard(c, before);
      const refusal = decision.reason === "unavailable" ? "unavailable" : "quota-exceeded";
      c.res = refuse(refusal, { problem: problemOf(decision), headers }, c);
      return;
    }
    if (!safe) await next();
    for (const [name, value] of Object.entries(headers)) c.header(name, value, { append: true });
  };
}

/** Nothing of the handler's answer or fault may show. Hono adds the headers of an answer to the one that replaces it. */
async function discard(c: Context, before: Headers): Promise<void> {
  await c.res.body?.cancel();
  c.res = undefined;
  c.res = new Response(null, { headers: before });
  c.error = undefined;
}
