// Configs as one request of one isolate has them, on a Redis of the test's own.

import { createConfigs, type ConfigsOptions } from "../../../lib/hashes/index.ts";
import { createBreaker, createConnection } from "../../../lib/redis/index.ts";

export interface Target {
  url: string;
  token: string;
  prefix: string;
}

export function openConfigs({ url, token, prefix }: Target, options: Partial<ConfigsOptions> = {}) {
  // Tests that take Redis away want its faults as they are, not a breaker's.
  const breaker = createBreaker({ failures: 1_000 });
  const redis = createConnection({ url, token, timeoutMs: 5_000, breaker }).open();
  return createConfigs({ redis, prefix, ...options });
}
