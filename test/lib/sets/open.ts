// Tags, follows and timelines as one request of one isolate has them, on a Redis of the test's own.

import { createBreaker, createConnection, type Redis } from "../../../lib/redis/index.ts";
import {
  createFollows,
  createTags,
  createTimelines,
  type Follows,
  type Tags,
  type Timelines,
} from "../../../lib/sets/index.ts";

export interface Target {
  url: string;
  token: string;
  prefix: string;
}

export interface OpenOptions {
  /** Behind the target's prefix: for a test that wants follows and posts of its own. */
  keys?: string;
  now?: () => number;
  maxFollowing?: number;
  maxPosts?: number;
  timeoutMs?: number;
  /** Stands between the sets and Redis. */
  through?: (redis: Redis) => Redis;
}

export interface Sets {
  tags: Tags;
  follows: Follows;
  timelines: Timelines;
  redis: Redis;
}

export function openSets({ url, token, prefix }: Target, options: OpenOptions = {}): Sets {
  const { keys = "", timeoutMs = 5_000, through = (redis: Redis) => redis, ...rest } = options;
  // Tests that take Redis away want its faults as they are, not a breaker's.
  const breaker = createBreaker({ failures: 1_000 });
  const redis = through(createConnection({ url, token, timeoutMs, breaker }).open());
  const own = { redis, prefix: `${prefix}${keys}`, ...rest };
  return { tags: createTags(own), follows: createFollows(own), timelines: createTimelines(own), redis };
}
