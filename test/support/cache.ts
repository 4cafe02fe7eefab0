// Isolates that share a Redis: each a connection, a clock and events of its own.

import { createCache, type Cache, type CacheEvent, type CacheOptions } from "../../lib/cache/index.ts";
import { createBreaker, createConnection, type Breaker, type Redis } from "../../lib/redis/index.ts";

export { createClock, type Clock } from "./clock.ts";

export interface Isolate {
  cache: Cache;
  redis: Redis;
  events: CacheEvent[];
  /** Resolves when all work behind answers has ended, and forgets it. */
  settled(): Promise<void>;
}

/** A cache as one request of one isolate has it. No jitter and no early refresh, unless asked for. */
export function openIsolate(
  target: { url: string; token: string; prefix: string },
  options: Partial<CacheOptions> & { timeoutMs?: number; breaker?: Breaker } = {},
): Isolate {
  const { timeoutMs = 5_000, breaker = createBreaker(), ...cacheOptions } = options;
  const redis = createConnection({ url: target.url, token: target.token, timeoutMs, breaker }).open();
  const events: CacheEvent[] = [];
  const behind = new Set<Promise<unknown>>();
  const cache = createCache({
    redis,
    prefix: target.prefix,
    jitter: 0,
    earlyRefresh: 0,
    waitUntil: (work) => void behind.add(work),
    on: (event) => void events.push(event),
    ...cacheOptions,
  });
  return {
    cache,
    redis,
    events,
    async settled() {
      while (behind.size > 0) {
        const work = [...behind];
        behind.clear();
        await Promise.all(work);
      }
    },
  };
}

/** A promise and what settles it: a loader that waits until the test lets it go. */
export function createGate<T = void>() {
  let open!: (value: T) => void;
  let fail!: (reason: unknown) => void;
  const opened = new Promise<T>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { opened, open, fail };
}
