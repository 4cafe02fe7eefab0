// What the parts of queues have in common.

import type { Redis } from "../../redis/index.ts";
import { createQueueKeys, type QueueKeys } from "./keys.ts";
import type { QueuesOptions } from "./types.ts";

export interface QueueSettings {
  readonly redis: Redis;
  readonly keysOf: (queue: string) => QueueKeys;
  /** The scripts' last argument: "" for Redis's own clock. */
  readonly clock: () => number | "";
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

export function queueSettings({
  redis,
  prefix = "sedge",
  redisNow,
  now = Date.now,
  sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}: QueuesOptions): QueueSettings {
  return { redis, keysOf: createQueueKeys(prefix), clock: () => redisNow?.() ?? "", now, sleep };
}

/** @throws RangeError */
export function checkRange(value: number, what: string, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  throw new RangeError(`${what} must be from ${least} to ${most}`);
}

/** As `checkRange`, for whole numbers. */
export function checkCount(value: number, what: string, least: number, most: number): number {
  if (Number.isInteger(value)) return checkRange(value, what, least, most);
  throw new RangeError(`${what} must be a whole number`);
}
