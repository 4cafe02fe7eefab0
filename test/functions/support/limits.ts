// The API under its limits: real ones or narrow ones, by a clock that stands until it is moved.

import type { Policies, PolicyName } from "../../../functions/policies.ts";
import { createLeases, createRateLimiter, type Policy } from "../../../lib/ratelimit/index.ts";
import type { Clock } from "../../support/clock.ts";
import { createHarness, type Harness, type HarnessOptions } from "./harness.ts";

/** The beginning of a minute. */
export const MINUTE = 60_000 * 30_000_000;

export interface LimitedOptions extends Omit<HarnessOptions, "adapt"> {
  clock: Clock;
  /** Policies that let only so much pass, and lease nothing. The others are the real ones. */
  narrow?: Partial<Record<PolicyName, number>>;
}

/** An isolate with the limits of a deployed Worker. Several on one `prefix` share them. */
export function createLimited({ clock, narrow = {}, ...options }: LimitedOptions): Harness {
  const leases = createLeases();
  return createHarness({
    ...options,
    env: { LIMITS: "production", ...options.env },
    adapt: (services) => ({
      ...services,
      policies: narrowed(services.policies, narrow),
      limiter: createRateLimiter({
        redis: services.redis,
        prefix: services.prefix,
        leases,
        timeoutMs: 5_000,
        now: clock.now,
        redisNow: clock.now,
      }),
    }),
  });
}

function narrowed(policies: Policies, narrow: Partial<Record<PolicyName, number>>): Policies {
  const changed = Object.entries(narrow).map(([name, limit]): [string, Policy] => {
    const { lease: _, ...policy } = policies[name as PolicyName];
    return [name, { ...policy, limit }];
  });
  return { ...policies, ...Object.fromEntries(changed) };
}

/** What says who calls. */
export const from = (address: string): { headers: Record<string, string> } => ({
  headers: { "CF-Connecting-IP": address },
});

/** What an answer says of limits. */
export const told = ({ headers }: Response) => [headers.get("RateLimit-Policy"), headers.get("RateLimit")];
