// What each operation of the rate limiter costs at most, as its documentation states it.

import {
  createLeases,
  createRateLimiter,
  type Limit,
  type Policy,
  type RateLimiter,
} from "../../lib/ratelimit/index.ts";
import type { Redis } from "../../lib/redis/index.ts";
import type { CostRow } from "../support/costs.ts";

/** The isolate's: what `before` takes in advance `run` may spend. */
const leases = createLeases();

/** The limiter of a row, as one request has it. */
export const openRateLimiter = (redis: Redis, prefix: string): RateLimiter =>
  createRateLimiter({ redis, prefix, leases, timeoutMs: 5_000 });

const limitOf = (policy: Partial<Policy> = {}): Limit => ({
  policy: { name: "p", limit: 1_000, windowSeconds: 86_400, algorithm: "sliding", ...policy },
  identifier: "ada",
});
const leased = limitOf({ lease: { permits: 100 } });
const several = (n: number) => Array.from({ length: n }, (_, i) => ({ ...limitOf(), identifier: `${i}` }));

export const RATELIMIT: readonly CostRow<RateLimiter>[] = [
  ...(["fixed", "sliding", "token-bucket"] as const).map((algorithm) => ({
    operation: `\`check\`, ${algorithm}`,
    trips: 1,
    commands: 4,
    run: (limiter: RateLimiter) => limiter.check([limitOf({ algorithm })]),
  })),
  {
    operation: "`check`, sliding, refused",
    trips: 1,
    commands: 4,
    before: (limiter) => limiter.check([limitOf({ limit: 1 })]),
    run: (limiter) => limiter.check([limitOf({ limit: 1 })]),
  },
  {
    operation: "`check`, a look",
    trips: 1,
    commands: 4,
    before: (limiter) => limiter.check([limitOf()]),
    run: (limiter) => limiter.check([{ ...limitOf(), cost: 0 }]),
  },
  {
    operation: "`check` of 2 limits",
    trips: 1,
    commands: 5,
    run: (limiter) => limiter.check(several(2)),
  },
  {
    operation: "`check` of 10 limits",
    trips: 1,
    commands: 13,
    run: (limiter) => limiter.check(several(10)),
  },
  {
    operation: "`check`, the first that takes permits in advance",
    trips: 1,
    commands: 4,
    run: (limiter) => limiter.check([leased]),
  },
  {
    operation: "`check`, with permits in advance",
    trips: 0,
    commands: 0,
    before: (limiter) => limiter.check([leased]),
    run: (limiter) => limiter.check([leased]),
  },
  {
    operation: "`check`, refused once more within 2 s, of a policy with permits in advance",
    trips: 0,
    commands: 0,
    before: async (limiter) => {
      await limiter.check([limitOf({ limit: 1, lease: { permits: 1 } })]);
      await limiter.check([limitOf({ limit: 1, lease: { permits: 1 } })]);
    },
    run: (limiter) => limiter.check([limitOf({ limit: 1, lease: { permits: 1 } })]),
  },
  {
    operation: "`reset`",
    trips: 1,
    commands: 1,
    before: (limiter) => limiter.check([limitOf()]),
    run: (limiter) => limiter.reset("p", "ada"),
  },
];
