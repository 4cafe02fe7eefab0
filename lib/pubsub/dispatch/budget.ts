// What one run may spend: requests, and time.

import type { Redis } from "../../redis/index.ts";

/** Requests kept back for writing down what was done; two, for Redis may not know the script yet. */
const LAST_COMMIT = 2;
/** Requests of a round before its first delivery, at most: it looks, takes, and looks at lanes. */
const ROUND = 5;

export interface Budget {
  /** Whether another round is worth beginning. */
  allowsRound(): boolean;
  /** Whether a delivery may begin that has to be over by a time, in milliseconds since 1970. */
  allowsDelivery(by: number): boolean;
  /** Whether there is a request to spare for a commit before the last. */
  allowsCommit(): boolean;
  /** A delivery begins. @returns what to call when it is over */
  begin(): () => void;
  /** Nothing more may begin. */
  stop(): void;
}

export interface BudgetOptions {
  readonly redis: Redis;
  readonly subrequests: number;
  /** What a delivery may make, at most. */
  readonly perDelivery: number;
  /** Requests made so far beside those to Redis and one for each delivery. */
  readonly others: () => number;
  /** Milliseconds since 1970. */
  readonly untilMs: number;
  readonly deliveryTimeoutMs: number;
  readonly now: () => number;
}

export function createBudget(options: BudgetOptions): Budget {
  const { redis, subrequests, perDelivery, others, untilMs, deliveryTimeoutMs, now } = options;
  const made = (): number => redis.meter.requests + others();
  const before = made();
  let over = 0;
  let underWay = 0;
  let stopped = false;

  const left = (): number => subrequests - (made() - before) - over - underWay * perDelivery;
  const isTime = (): boolean => !stopped && now() < untilMs;

  return {
    allowsRound: () => isTime() && left() >= ROUND + perDelivery + LAST_COMMIT,
    allowsDelivery: (by) => isTime() && now() + deliveryTimeoutMs < by && left() >= perDelivery + LAST_COMMIT,
    allowsCommit: () => left() > LAST_COMMIT,
    begin() {
      underWay += 1;
      return () => {
        underWay -= 1;
        over += 1;
      };
    },
    stop: () => void (stopped = true),
  };
}
