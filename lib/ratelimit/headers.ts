// What an HTTP answer says of limits (draft-ietf-httpapi-ratelimit-headers-10).

import type { Decision, LimitResult } from "./types.ts";

/** The type of the problem a refusal is (RFC 9457), in IANA's registry. */
export const QUOTA_EXCEEDED = "https://iana.org/assignments/http-problem-types#quota-exceeded";

/** The results that made a decision a refusal. */
export const violated = ({ limits }: Decision): LimitResult[] => limits.filter(({ success }) => !success);

/**
 * `RateLimit-Policy: "default";q=100;w=60` and `RateLimit: "default";r=50;t=30`; on a refusal `Retry-After` too.
 *
 * A refusal's `RateLimit` tells of the violated policies alone, so that `Retry-After` is the latest of the times that stand
 * in it.
 *
 * Cost: none.
 */
export function rateLimitHeaders(decision: Decision): Record<string, string> {
  const told = decision.success ? decision.limits : violated(decision);
  const headers: Record<string, string> = {
    "RateLimit-Policy": decision.limits
      .map(({ name, limit, windowSeconds }) => `"${name}";q=${limit};w=${windowSeconds}`)
      .join(", "),
    RateLimit: told
      .map(({ name, remaining, resetSeconds }) => `"${name}";r=${remaining};t=${resetSeconds}`)
      .join(", "),
  };
  if (!decision.success) {
    headers["Retry-After"] = String(Math.max(1, ...told.map(({ resetSeconds }) => resetSeconds)));
  }
  return headers;
}
