export {
  idempotency,
  isIdempotencyKey,
  type IdempotencyMiddlewareOptions,
  type IdempotencyRefusal,
} from "./idempotency.ts";
export { ProblemError, problemResponse, type FieldError, type ProblemDetails } from "./problem.ts";
export { rateLimit, type RateLimitMiddlewareOptions, type RateLimitRefusal } from "./ratelimit.ts";
export { sameOrigin, type SameOriginOptions } from "./same-origin.ts";
export { serverTiming } from "./server-timing.ts";
export { createSessionCookie, type SessionCookie, type SessionCookieOptions } from "./session-cookie.ts";
export {
  loadSession,
  requireSession,
  type LoadSessionOptions,
  type RequestSession,
  type RequireSessionOptions,
  type SessionEnv,
  type SessionVariables,
} from "./sessions.ts";
