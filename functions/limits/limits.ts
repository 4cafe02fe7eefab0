// From what is asked over HTTP to limits, and back.

import type { Decision, Limit } from "../../lib/ratelimit/index.ts";
import { identifierOf, type Policies, type PolicyName } from "../policies.ts";
import type { LimitToCheck, LimitToReset } from "./schemas.ts";

/**
 * Callers' own limits are called so in Redis, and no policy of this service is: whatever name a caller chooses, it
 * reaches no count of the service's own. All of them are in one group, for any may be checked together.
 */
const customName = (name: string): string => `custom:${name}`;

export async function limitOf(asked: LimitToCheck, policies: Policies): Promise<Limit> {
  const { identifier, cost = 1 } = asked;
  if (asked.policy !== undefined) {
    const counted = await identifierOf(asked.policy, identifier);
    return { policy: policies[asked.policy], identifier: counted, cost };
  }
  const { name, limit, windowSeconds, algorithm, failure = "closed" } = asked;
  return {
    policy: { name: customName(name), limit, windowSeconds, algorithm, failure },
    identifier,
    cost,
  };
}

/** What a limit and its identifier are called in Redis. */
export const storedAs = async (asked: LimitToReset): Promise<[name: string, identifier: string]> =>
  asked.policy === undefined
    ? [customName(asked.name), asked.identifier]
    : [asked.policy, await identifierOf(asked.policy, asked.identifier)];

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
