// Every request that a Worker makes counts, and the platform ends it at the 51st: those that look names up count too.

import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Services } from "../../functions/services.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { createHarness } from "./support/harness.ts";
import { createSubscriptionsClient } from "./support/subscriptions.ts";

const ALLOWED = 50;
const HOSTS = 30;

let redis: TestRedis;
/** Requests made by the invocation that runs. */
let made: { redis: number; lookups: number; webhooks: string[] };

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => redis.close());
afterEach(() => vi.unstubAllGlobals());
beforeEach(() => {
  const fetchForReal = globalThis.fetch;
  vi.stubGlobal("fetch", async (input: string | URL | Request, init?: RequestInit) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.origin === new URL(redis.url).origin) {
      made.redis += 1;
      return fetchForReal(input, init);
    }
    if (url.hostname === "cloudflare-dns.com") {
      made.lookups += 1;
      const type = url.searchParams.get("type") === "A" ? 1 : 28;
      return Response.json({
        Status: 0,
        Answer: type === 1 ? [{ type, TTL: 300, data: "93.184.216.34" }] : [],
      });
    }
    made.webhooks.push(url.hostname);
    return new Response(null, { status: 204 });
  });
});

test(`an event for ${HOSTS} hosts whose names nobody has looked up goes out within ${ALLOWED} requests a run`, async () => {
  const opened: Services[] = [];
  const harness = createHarness({
    redis,
    prefix: `${redis.prefix}subrequests`,
    env: { WEBHOOKS_LOCAL: "", SUBREQUESTS: String(ALLOWED) },
    adapt: (services) => {
      opened.push(services);
      return services;
    },
  });
  made = { redis: 0, lookups: 0, webhooks: [] };
  const { make } = createSubscriptionsClient(() => harness);
  const other = createHarness({ redis, prefix: `${redis.prefix}subrequests` });
  const subscribeFromElsewhere = createSubscriptionsClient(() => other);
  for (let i = 0; i < HOSTS; i += 1) {
    await subscribeFromElsewhere.make({ pattern: "news", url: `https://h${i}.example.com/` });
  }
  await make({ pattern: "never", url: "https://example.com/" });
  expect(made.lookups).toBe(2);

  /** A run of the scheduled function's, in an invocation of its own. */
  async function invoke(): Promise<typeof made> {
    await harness.request("/healthz");
    made = { redis: 0, lookups: 0, webhooks: [] };
    await opened.at(-1)?.dispatch.run();
    expect(made.redis + made.lookups + made.webhooks.length).toBeLessThanOrEqual(ALLOWED);
    return made;
  }

  const publish = async () => opened.at(-1)?.events.publish("news", {});
  await publish();
  const cold: string[] = [];
  let runs = 0;
  while (cold.length < HOSTS) {
    runs += 1;
    expect(runs).toBeLessThan(6);
    const { webhooks, lookups } = await invoke();
    expect(lookups).toBe(2 * webhooks.length);
    cold.push(...webhooks);
  }
  expect(new Set(cold).size).toBe(HOSTS);

  // The isolate knows the names by now.
  await publish();
  const warm = await invoke();
  expect(warm.lookups).toBe(0);
  expect(warm.webhooks.length).toBeGreaterThan(20);
}, 30_000);
