// Queues as one request of one isolate has them, on a Redis of the test's own.

import { createQueues, type QueuesOptions } from "../../../../lib/lists/index.ts";
import { createBreaker, createConnection } from "../../../../lib/redis/index.ts";

export interface Target {
  url: string;
  token: string;
  prefix: string;
}

export function openQueues(
  { url, token, prefix }: Target,
  { timeoutMs = 5_000, ...options }: Partial<QueuesOptions> & { timeoutMs?: number } = {},
) {
  // Tests that take Redis away want its faults as they are, not a breaker's.
  const breaker = createBreaker({ failures: 1_000 });
  const redis = createConnection({ url, token, timeoutMs, breaker }).open();
  return createQueues({ redis, prefix, ...options });
}
