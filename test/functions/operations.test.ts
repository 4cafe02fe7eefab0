import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { lastRunKey, recordRun, runScheduled } from "../../functions/scheduled.ts";
import type { LogEntry } from "../../functions/log.ts";
import { createConnection, type Redis } from "../../lib/redis/index.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../support/redis.ts";
import { createHarness, KEYS, problemOf, type Harness, type HarnessOptions } from "./support/harness.ts";

let redis: TestRedis;
let proxy: FaultProxy;
let client: Redis;
let harness: Harness;
let prefix = "";
let tests = 0;

beforeAll(async () => {
  redis = await startRedis();
  proxy = await startFaultProxy(redis.url);
  client = createConnection({ url: redis.url, token: redis.token, timeoutMs: 5_000 }).open();
});
afterAll(async () => {
  await proxy.close();
  await redis.close();
});
const create = (options: Partial<HarnessOptions> = {}) =>
  createHarness({ redis: { url: proxy.url, token: redis.token }, prefix, ...options });
beforeEach(() => {
  proxy.mode = "pass";
  tests += 1;
  prefix = `${redis.prefix}operations${tests}`;
  harness = create();
});

const NOW = 1_790_000_000_000;
const createAt = (now: number) => create({ adapt: (services) => ({ ...services, now: () => now }) });
/** The scheduled function at that time. @returns whether the hourly work was done */
async function runAt(at: number): Promise<boolean> {
  let isHourly = false;
  const hourly = async (): Promise<void> => {
    isHourly = true;
  };
  const task = recordRun({ redis: client, prefix, hourly, now: () => at });
  await runScheduled({ tasks: [task], log: () => {} });
  return isHourly;
}

test("GET /healthz says that it lives, and which version", async () => {
  const response = await harness.request("/healthz");
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: "ok", version: "version-1" });
});

describe("GET /readyz", () => {
  test("before the first scheduled run is ready, without an age", async () => {
    const response = await harness.request("/readyz");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      status: "ok",
      redis: "ok",
      database: "ok",
      scheduled: "never",
      lastScheduledRunAgeSeconds: null,
    });
  });

  test.each([0, 42, 300])("%i seconds after a run is ready, and tells the age", async (age) => {
    await runAt(NOW);
    const response = await createAt(NOW + age * 1_000).request("/readyz");
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ scheduled: "ok", lastScheduledRunAgeSeconds: age });
  });

  test("more than five minutes after the last run is a 503 that says so", async () => {
    await runAt(NOW);
    const response = await createAt(NOW + 301_000).request("/readyz");
    expect(response.status).toBe(503);
    expect(response.headers.get("Retry-After")).toBe("5");
    const body = await problemOf(response);
    expect(body.type).toMatch(/#not-ready$/);
    expect(body).toMatchObject({
      status: 503,
      redis: "ok",
      database: "ok",
      scheduled: "late",
      lastScheduledRunAgeSeconds: 301,
    });
  });

  test("with Redis away is a 503 that says so", async () => {
    proxy.mode = "refuse";
    const response = await harness.request("/readyz");
    expect(response.status).toBe(503);
    expect(await problemOf(response)).toMatchObject({
      redis: "unavailable",
      database: "ok",
      scheduled: "unknown",
      lastScheduledRunAgeSeconds: null,
    });
  });

  test("with D1 away is a 503 that says so", async () => {
    harness.sql.before = async () => {
      throw new Error("D1_ERROR: no such luck");
    };
    const response = await harness.request("/readyz");
    expect(response.status).toBe(503);
    expect(await problemOf(response)).toMatchObject({ redis: "ok", database: "unavailable" });
  });

  test("with neither answering at all is a 503 within two seconds", async () => {
    proxy.mode = "hang";
    harness.sql.before = () => new Promise(() => {});
    const started = performance.now();
    const response = await harness.request("/readyz");
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(await problemOf(response)).toMatchObject({ redis: "unavailable", database: "unavailable" });
  });

  test.each([
    ["UPSTASH_REDIS_REST_URL", { UPSTASH_REDIS_REST_URL: "" }],
    ["UPSTASH_REDIS_REST_URL", { UPSTASH_REDIS_REST_URL: "redis://:sk_live_secret@localhost" }],
    ["UPSTASH_REDIS_REST_TOKEN", { UPSTASH_REDIS_REST_TOKEN: "" }],
    ["MAIL_FROM", { MAIL_FROM: "" }],
    ["MAIL_FROM", { MAIL_FROM: "sk_live_secret" }],
    ["MAIL", { MAIL: undefined }],
    ["SUBREQUESTS", { SUBREQUESTS: "sk_live_secret" }],
    ["SUBREQUESTS", { SUBREQUESTS: "19" }],
    ["SUBREQUESTS", { SUBREQUESTS: "10001" }],
    ["REDIS_TIMEOUT_MS", { REDIS_TIMEOUT_MS: "49" }],
    ["REDIS_TIMEOUT_MS", { REDIS_TIMEOUT_MS: "1s" }],
  ])("with %s unusable names it, and never shows it", async (name, env) => {
    const response = await create({ env }).request("/readyz");
    expect(response.status).toBe(503);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ configuration: [expect.stringContaining(name)] });
    expect(text).not.toContain("sk_live_secret");
  });
});

test("a Redis that hangs is given up after REDIS_TIMEOUT_MS", async () => {
  proxy.mode = "hang";
  const hasty = create({ env: { REDIS_TIMEOUT_MS: "100" }, redisTimeoutMs: 60_000 });
  const headers = { Authorization: `Bearer ${KEYS.all}` };
  expect((await hasty.request("/v1/counters/a/series?bucket=day&last=1", { headers })).status).toBe(503);
});

test("a KEY_PREFIX that cannot be one is a 500 on every call, and the log says why", async () => {
  const broken = create({ env: { KEY_PREFIX: "{a}" } });
  for (const path of ["/v1/products", "/readyz"]) expect((await broken.request(path)).status).toBe(500);
  expect(String(broken.logs[0]?.error)).toContain("KEY_PREFIX must be");
});

describe("the scheduled function", () => {
  test("records its run", async () => {
    await runAt(NOW);
    expect(await client.send((pipeline) => pipeline.get(lastRunKey(prefix)))).toBe(String(NOW));
  });

  test("does the hourly work in the first run of an hour, though runs be doubled, late or left out", async () => {
    const hour = NOW - (NOW % 3_600_000);
    const minutes = [0, 1, 59, 60, 60, 61, 185, 186, 240];
    const done: number[] = [];
    for (const minute of minutes) if (await runAt(hour + minute * 60_000)) done.push(minute);
    expect(done).toEqual([0, 60, 185, 240]);
  });

  test("runs every task though one fails, logs that one, and counts as failed", async () => {
    const logs: LogEntry[] = [];
    const error = new Error("no");
    const ran: string[] = [];
    const tasks = [
      {
        name: "broken",
        run: async () => {
          throw error;
        },
      },
      { name: "good", run: async () => void ran.push("good") },
    ];
    await expect(runScheduled({ tasks, log: (line) => void logs.push(line) })).rejects.toThrow(
      AggregateError,
    );
    expect(ran).toEqual(["good"]);
    expect(logs).toEqual([{ level: "error", event: "scheduled", task: "broken", error }]);
  });
});
