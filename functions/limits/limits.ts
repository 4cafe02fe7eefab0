// From what is asked over HTTP to limits, and back.

import type { Decision, Limit } from "../../lib/ratelimit/index.ts";
import type { Policies, PolicyName } from "../policies.ts";
import type { LimitToCheck, LimitToReset } from "./schemas.ts";

/**
 * Callers' own limits are called so in Redis, and no policy of this service is: whatever name a caller chooses, it
 * reaches no count of the service's own. All of them are in one group, for any may be checked together.
 */
const customName = (name: string): string => `custom:${name}`;

export function limitOf(asked: LimitToCheck, policies: Policies): Limit {
  const { identifier, cost = 1 } = asked;
  if (asked.policy !== undefined) return { policy: policies[asked.policy], identifier, cost };
  const { name, limit, windowSeconds, algorithm, failure = "closed" } = asked;
  return {
    policy: { name: customName(name), limit, windowSeconds, algorithm, failure },
    identifier,
    cost,
  };
}

/** What a limit is called in Redis. */
export const storedName = (asked: LimitToReset): string =>
  asked.policy === undefined ? customName(asked.name) : asked.policy;

interface PresentedResult {
  policy?: PolicyName;
  name?: string;
  limit: number;
  remaining: number;
  resetAt: string;
  success: boolean;
}

const calledAs = (asked: LimitToReset): Pick<PresentedResult, "policy" | "name"> =>
  asked.policy === undefined ? { name: asked.name } : { policy: asked.policy };

/** A decision as the caller sees it: each limit by the name it was asked by. */
export function presented({ success, reason, limits }: Decision, asked: readonly LimitToCheck[]) {
  return {
    success,
    ...(reason !== undefined && { reason }),
    limits: asked.map((one, i): PresentedResult => {
      const { limit = 0, remaining = 0, resetAt = 0, success: passes = false } = limits[i] ?? {};
      return {
        ...calledAs(one),
        limit,
        remaining,
        resetAt: new Date(resetAt).toISOString(),
        success: passes,
      };
    }),
  };
}
