// What an invocation of the Worker delivers: behind an answer, and in the scheduled function.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Services } from "../../functions/services.ts";
import { createEventLog } from "../../lib/pubsub/index.ts";
import { startReceiver, type Receiver } from "../lib/webhooks/receiver.ts";
import { createCommandCount } from "../support/command-count.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../support/redis.ts";
import { createHarness, type Harness, type HarnessOptions } from "./support/harness.ts";
import { killedBehindAnswers } from "./support/killed.ts";

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;

let redis: TestRedis;
let proxy: FaultProxy;
let receiver: Receiver;
let prefix = "";
let tests = 0;

beforeAll(async () => {
  redis = await startRedis();
  proxy = await startFaultProxy(redis.url);
});
afterAll(async () => {
  await proxy.close();
  await redis.close();
});
beforeEach(async () => {
  proxy.mode = "pass";
  tests += 1;
  prefix = `${redis.prefix}dispatch${tests}`;
  receiver = await startReceiver();
});
afterEach(async () => receiver.close());

const create = (options: Partial<HarnessOptions> = {}): Harness =>
  createHarness({ redis: { url: proxy.url, token: redis.token }, prefix, ...options });

async function subscribe(harness: Harness, body: object = {}): Promise<string> {
  const response = await harness.send("POST", "/v1/subscriptions", {
    pattern: "shop:*",
    url: receiver.url,
    ...body,
  });
  expect(response.status).toBe(201);
  return (await response.json<{ id: string }>()).id;
}

async function publish(harness: Harness, data: unknown): Promise<string> {
  const response = await harness.send("POST", "/v1/channels/shop:orders/events", { data });
  expect(response.status).toBe(202);
  return (await response.json<{ id: string }>()).id;
}

const receivedIds = () => receiver.received.map(({ body }) => (JSON.parse(body) as { id: string }).id);

describe("an event that is published over HTTP", () => {
  test("is delivered behind the answer", async () => {
    const harness = create();
    await subscribe(harness);
    const id = await publish(harness, 1);
    await harness.settled();
    expect(receivedIds()).toEqual([id]);
    await harness.fireScheduled();
    expect(receivedIds()).toEqual([id]);
  });

  test("is delivered by the scheduled function, where the Worker was killed behind the answer", async () => {
    const killed = create({ adapt: killedBehindAnswers });
    await subscribe(killed);
    const id = await publish(killed, 1);
    await killed.settled();
    expect(receivedIds()).toEqual([]);
    await create().fireScheduled();
    expect(receivedIds()).toEqual([id]);
  });

  test.each(["refuse", "hang", "status500"] as const)(
    "is answered 202 and delivered later, where Redis begins to %s behind the publish",
    async (mode) => {
      const lost = (services: Services): Services => ({
        ...services,
        events: {
          ...services.events,
          async publish(...args) {
            const published = await services.events.publish(...args);
            proxy.mode = mode;
            return published;
          },
        },
      });
      await subscribe(create());
      const harness = create({ adapt: lost, redisTimeoutMs: 300 });
      const id = await publish(harness, 1);
      await harness.settled();
      expect(harness.logs).toContainEqual(
        expect.objectContaining({ level: "warn", event: "dispatch", kind: "failed" }),
      );
      expect(receivedIds()).toEqual([]);
      proxy.mode = "pass";
      await create().fireScheduled();
      expect(receivedIds()).toEqual([id]);
    },
  );
});

describe("the scheduled function", () => {
  test("costs 3 commands and one query of D1, and one request, in a minute without anything to do", async () => {
    const harness = create();
    await subscribe(harness);
    await publish(harness, 1);
    await harness.settled();
    // The first run of the hour trims; and scripts are known from then on.
    await harness.fireScheduled();

    const count = await createCommandCount({ engine: redis.engine, prefix });
    const queries = harness.sql.queries.length;
    proxy.reset();
    expect(await count.during(() => harness.fireScheduled())).toBeLessThanOrEqual(3);
    count.close();
    expect(harness.sql.queries).toHaveLength(queries + 1);
    expect(proxy.requests).toBeLessThanOrEqual(2);
  });

  test("stays within SUBREQUESTS, and goes on in the next run until all is delivered", async () => {
    const killed = create({ adapt: killedBehindAnswers });
    await subscribe(killed);
    const ids: string[] = [];
    for (let i = 0; i < 40; i += 1) ids.push(await publish(killed, i));

    const narrow = create({ env: { SUBREQUESTS: "20" } });
    let runs = 0;
    while (receiver.received.length < ids.length) {
      const before = receiver.received.length;
      proxy.reset();
      await narrow.fireScheduled();
      runs += 1;
      const delivered = receiver.received.length - before;
      expect(delivered).toBeGreaterThan(0);
      // Some are left for what else goes on in an invocation.
      expect(delivered + proxy.requests).toBeLessThanOrEqual(15);
    }
    expect(runs).toBeGreaterThan(2);
    expect(receivedIds()).toEqual(ids);
  });

  test("counts what the invocation has asked of Redis before", async () => {
    const opened: Services[] = [];
    const harness = create({
      env: { SUBREQUESTS: "30" },
      adapt: (services) => {
        opened.push(services);
        return killedBehindAnswers(services);
      },
    });
    await subscribe(harness);
    for (let i = 0; i < 40; i += 1) await publish(harness, i);
    await harness.request("/healthz");
    const invocation = opened.at(-1);
    proxy.reset();
    for (let i = 0; i < 12; i += 1) await invocation?.events.read("shop:orders");
    await invocation?.dispatch.run();
    expect(receiver.received.length).toBeGreaterThan(0);
    expect(receiver.received.length + proxy.requests).toBeLessThanOrEqual(25);
  });

  test("trims in the first run of an hour what is a week old, once all living subscriptions have seen it", async () => {
    const harness = create({ adapt: killedBehindAnswers });
    await subscribe(harness);
    await publish(harness, 1);
    const left = async () => {
      const response = await harness.send("GET", "/v1/channels/shop:orders/events", undefined);
      return (await response.json<{ items: unknown[] }>()).items.length;
    };
    /** A run at a later time; its dispatch delivers nothing. */
    const runIn = async (ms: number) => {
      const now = () => Date.now() + ms;
      const later = create({
        adapt: (services) => ({
          ...services,
          now,
          events: createEventLog({ redis: services.redis, prefix: services.prefix, now }),
          dispatch: { ...services.dispatch, run: async () => {} },
        }),
      });
      await later.fireScheduled();
    };

    await runIn(WEEK_MS - HOUR_MS);
    await runIn(WEEK_MS + HOUR_MS);
    expect(await left(), "not seen yet").toBe(1);
    await create().fireScheduled();
    expect(receiver.received).toHaveLength(1);
    await runIn(WEEK_MS - 2 * HOUR_MS);
    expect(await left(), "seen, and not old enough").toBe(1);
    await runIn(WEEK_MS + 2 * HOUR_MS);
    expect(await left(), "seen and old").toBe(0);
  });
});
