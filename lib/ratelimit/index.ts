export { clientIdentifier } from "./client-identifier.ts";
export { QUOTA_EXCEEDED, rateLimitHeaders, violated } from "./headers.ts";
export { createLeases, type Leases } from "./leases.ts";
export { createRateLimiter } from "./limiter.ts";
export {
  checkPolicy,
  MAX_LEASE_SECONDS,
  MAX_LIMIT,
  MAX_LIMITS_PER_CHECK,
  MAX_WINDOW_SECONDS,
} from "./policy.ts";
export { RATELIMIT_SCRIPTS } from "./script.ts";
export type * from "./types.ts";
