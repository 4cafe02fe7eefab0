// What a policy must be.

import { checkName } from "../keys.ts";
import type { Limit, Policy } from "./types.ts";

export const MAX_LIMIT = 1_000_000_000;
export const MAX_WINDOW_SECONDS = 31_536_000;
export const MAX_LEASE_SECONDS = 2;
export const MAX_LIMITS_PER_CHECK = 10;

const ALGORITHMS: ReadonlySet<string> = new Set<Policy["algorithm"]>(["fixed", "sliding", "token-bucket"]);

function checkWhole(value: number, field: string, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${field} must be a whole number from ${least} to ${most}`);
}

/**
 * @returns the policy, unchanged
 * @throws InvalidNameError, RangeError
 */
export function checkPolicy(policy: Policy): Policy {
  const { name, limit, windowSeconds, algorithm, lease } = policy;
  checkName(name, "policy");
  checkWhole(limit, "limit", 1, MAX_LIMIT);
  checkWhole(windowSeconds, "windowSeconds", 1, MAX_WINDOW_SECONDS);
  if (!ALGORITHMS.has(algorithm)) {
    throw new RangeError(`algorithm must be one of ${[...ALGORITHMS].join(", ")}`);
  }
  // A bucket is counted in parts of a token, one for each millisecond of the window.
  if (algorithm === "token-bucket" && limit * windowSeconds * 2_000 > Number.MAX_SAFE_INTEGER) {
    throw new RangeError("limit times windowSeconds of a token bucket must be at most 4,500,000,000,000");
  }
  if (lease !== undefined) {
    checkWhole(lease.permits, "lease.permits", 1, limit);
    const { seconds = MAX_LEASE_SECONDS } = lease;
    if (!(seconds > 0 && seconds <= MAX_LEASE_SECONDS)) {
      throw new RangeError(`lease.seconds must be above 0 and at most ${MAX_LEASE_SECONDS}`);
    }
  }
  return policy;
}

/** @throws RangeError for a check that is none. The limits' policies are checked by `checkPolicy`. */
export function checkLimits(limits: readonly Limit[]): void {
  checkWhole(limits.length, "the number of limits", 1, MAX_LIMITS_PER_CHECK);
  for (const { policy, cost = 1 } of limits) {
    checkPolicy(policy);
    checkWhole(cost, "cost", 0, MAX_LIMIT);
  }
}
