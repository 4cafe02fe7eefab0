// A counter as one request of one isolate has it, on a Redis of the test's own.

import { createCounters, type CountersOptions } from "../../../lib/counters/index.ts";
import { createBreaker, createConnection } from "../../../lib/redis/index.ts";

export interface Target {
  url: string;
  token: string;
  prefix: string;
}

export function openCounters(
  { url, token, prefix }: Target,
  { timeoutMs = 5_000, ...options }: Partial<CountersOptions> & { timeoutMs?: number } = {},
) {
  // Tests that take Redis away want its faults as they are, not a breaker's.
  const breaker = createBreaker({ failures: 1_000 });
  const redis = createConnection({ url, token, timeoutMs, breaker }).open();
  return createCounters({ redis, prefix, ...options });
}
