// The set-up of most test files: a Redis of their own that can be taken away, and the API on it, anew for each test.

import { afterAll, beforeAll, beforeEach } from "vitest";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../support/redis.ts";
import { createHarness, type Harness, type HarnessOptions } from "./harness.ts";

export type ApiOptions = Partial<Omit<HarnessOptions, "redis" | "prefix">>;

/** The running test's. To be read in a test or in a `beforeEach` behind `useApi`. */
export interface Api extends Pick<Harness, "request" | "send"> {
  readonly redis: TestRedis;
  /** What stands between the API and Redis. */
  readonly proxy: FaultProxy;
  /** In front of every key of this test, and of no other. */
  readonly prefix: string;
  /** One isolate of it. */
  readonly harness: Harness;
  /** Another isolate, on the same Redis and D1. */
  isolate(options?: ApiOptions): Harness;
}

/** Starts Redis for the calling file, and the API for each of its tests. @param options asked for before each test */
export function useApi(options: () => ApiOptions = () => ({})): Api {
  let redis: TestRedis;
  let proxy: FaultProxy;
  let harness: Harness;
  let tests = 0;

  const prefix = (): string => `${redis.prefix}api${tests}`;
  const open = (more: ApiOptions): Harness =>
    createHarness({ ...options(), ...more, redis: { url: proxy.url, token: redis.token }, prefix: prefix() });

  beforeAll(async () => {
    redis = await startRedis();
    proxy = await startFaultProxy(redis.url);
  });
  afterAll(async () => {
    await proxy.close();
    await redis.close();
  });
  beforeEach(() => {
    proxy.mode = "pass";
    tests += 1;
    harness = open({});
  });

  return {
    get redis() {
      return redis;
    },
    get proxy() {
      return proxy;
    },
    get prefix() {
      return prefix();
    },
    get harness() {
      return harness;
    },
    request: (...args) => harness.request(...args),
    send: (...args) => harness.send(...args),
    isolate: (more = {}) => open({ sql: harness.sql, ...more }),
  };
}
