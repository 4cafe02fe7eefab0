// Isolates that share limits: each a connection and leases of its own.

import {
  createLeases,
  createRateLimiter,
  type Algorithm,
  type Leases,
  type Policy,
  type RateLimiterOptions,
  type RateLimitEvent,
} from "../../../lib/ratelimit/index.ts";
import { createBreaker, createConnection, type Breaker } from "../../../lib/redis/index.ts";

export const ALGORITHMS: readonly Algorithm[] = ["fixed", "sliding", "token-bucket"];

interface Target {
  url: string;
  token: string;
  prefix: string;
}

let names = 0;
/** A policy of 3 an hour under a name no other test has, unless said otherwise. */
export function policyOf(policy: Partial<Policy> = {}): Policy {
  names += 1;
  return { name: `p${names}`, limit: 3, windowSeconds: 3_600, algorithm: "fixed", ...policy };
}

export interface IsolateOptions extends Partial<RateLimiterOptions> {
  clientTimeoutMs?: number;
  breaker?: Breaker;
  leases?: Leases;
}

/** A limiter as one request of one isolate has it, waiting longer than a busy machine needs. */
export function openLimiter(
  target: Target,
  { clientTimeoutMs = 5_000, breaker = createBreaker(), ...options }: IsolateOptions = {},
) {
  const connection = createConnection({
    url: target.url,
    token: target.token,
    timeoutMs: clientTimeoutMs,
    breaker,
  });
  const redis = connection.open();
  const events: RateLimitEvent[] = [];
  const limiter = createRateLimiter({
    redis,
    prefix: target.prefix.slice(0, -1),
    timeoutMs: 5_000,
    on: (event) => void events.push(event),
    ...options,
  });
  return { limiter, redis, events };
}

/** As `openLimiter`, with leases and a clock that Redis has too. */
export function openLeasing(target: Target, now: () => number, leases = createLeases()) {
  return openLimiter(target, { leases, now, redisNow: now });
}

/** A policy that leases. */
export const wide = (policy: Partial<Policy> = {}) =>
  policyOf({ algorithm: "sliding", limit: 6_000, windowSeconds: 60, lease: { permits: 100 }, ...policy });

/** What is left in Redis, as one sees who holds nothing. */
export async function remaining(target: Target, policy: Policy, now: () => number): Promise<number> {
  const { limiter } = openLimiter(target, { redisNow: now });
  const { limits } = await limiter.check([{ policy, identifier: "ada", cost: 0 }]);
  return limits[0]?.remaining ?? -1;
}
