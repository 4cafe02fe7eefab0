// From what is known of each limit to whether the call passes.

import type { Decision, Limit, LimitResult, RateLimitEvent } from "./types.ts";

/** What is known of one limit. */
export interface Standing {
  readonly fits: boolean;
  readonly remaining: number;
  readonly resetAt: number;
}

/** After an outage has been met: when to come again. */
const AGAIN_MS = 1_000;

function resultOf({ policy }: Limit, { fits, remaining, resetAt }: Standing, now: number): LimitResult {
  const { name, limit, windowSeconds, shadow = false } = policy;
  return {
    name,
    limit,
    windowSeconds,
    remaining,
    resetAt,
    resetSeconds: Math.max(0, Math.ceil((resetAt - now) / 1_000)),
    success: fits || shadow,
    shadowed: shadow && !fits,
  };
}

/** @param on hears of shadow policies that would have refused */
export function decide(
  limits: readonly Limit[],
  standings: readonly Standing[],
  now: number,
  on: (event: RateLimitEvent) => void,
): Decision {
  const results = limits.map((limit, i) =>
    resultOf(limit, standings[i] ?? { fits: false, remaining: 0, resetAt: now }, now),
  );
  for (const { name, shadowed } of results) if (shadowed) on({ type: "shadow-refusal", name });
  return { success: results.every(({ success }) => success), limits: results };
}

/** Redis could not be asked: what each policy says for that. */
export function decideUnasked(limits: readonly Limit[], now: number): Decision {
  const results = limits.map((limit) => {
    const { failure = "closed", shadow = false, limit: most } = limit.policy;
    const fits = shadow || failure === "open";
    return resultOf(limit, { fits, remaining: fits ? most : 0, resetAt: now + AGAIN_MS }, now);
  });
  return { success: results.every(({ success }) => success), reason: "unavailable", limits: results };
}
