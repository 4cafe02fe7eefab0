import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createWebhookDelivery } from "../../functions/subscriptions/deliver.ts";
import { createDispatcher, createEventLog, createSubscriptions } from "../../lib/pubsub/index.ts";
import { createConnection, type Redis } from "../../lib/redis/index.ts";
import { createAddressGuard } from "../../lib/webhooks/index.ts";
import { startReceiver, type Receiver } from "../lib/webhooks/receiver.ts";
import { createClock, type Clock } from "../support/clock.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { createHarness, type Harness } from "./support/harness.ts";
import { createSubscriptionsClient, type PageBody } from "./support/subscriptions.ts";

interface DeliveryBody {
  eventId: string;
  attempt: number;
  status: number | null;
  at: string;
  durationMs: number;
  error: string | null;
}
interface DeadBody {
  event: { id: string; data: unknown };
  attempts: number;
  lastStatus: number | null;
  deadAt: string;
}

let redis: TestRedis;
let receiver: Receiver;
let harness: Harness;
let clock: Clock;
let tests = 0;

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => redis.close());
afterEach(async () => receiver.close());
beforeEach(async () => {
  tests += 1;
  clock = createClock();
  receiver = await startReceiver();
  harness = createHarness({
    redis,
    prefix: `${redis.prefix}webhooks${tests}`,
    adapt: (services) => ({
      ...services,
      subscriptions: createSubscriptions({ redis: services.redis, prefix: services.prefix, now: clock.now }),
    }),
  });
});

const { get, make, patch, replay } = createSubscriptionsClient(() => harness);
const subscribe = async (body: object = {}) =>
  make({ pattern: "shop:*", url: `${receiver.url}/hook`, ...body });
const stateOf = async (id: string) => (await get(`/${id}`)).json<Record<string, unknown>>();
const deliveriesOf = async (id: string) =>
  (await (await get(`/${id}/deliveries`)).json<PageBody<DeliveryBody>>()).items;
const deadOf = async (id: string) => (await (await get(`/${id}/dead`)).json<PageBody<DeadBody>>()).items;

const open = (): { redis: Redis; prefix: string } => ({
  redis: createConnection({ ...redis, timeoutMs: 5_000 }).open(),
  prefix: harness.env.KEY_PREFIX ?? "",
});

async function publish(data: unknown, channel = "shop:orders"): Promise<string> {
  const published = await createEventLog(open()).publish(channel, data, { type: "paid", key: "7" });
  if (published.kind !== "published") throw new Error(published.kind);
  return published.id;
}

/** A run of the dispatcher. Retries come on the minute: nothing is left to chance. */
async function dispatch({ deliveryTimeoutMs = 5_000 } = {}): Promise<void> {
  await createDispatcher({
    ...open(),
    deliver: createWebhookDelivery({
      addresses: createAddressGuard({ local: true, resolve: async () => null }),
      now: clock.now,
    }),
    now: clock.now,
    random: () => 0.5,
    deliveryTimeoutMs,
  }).run();
}

const SCHEDULE = [2, 10, 60, 600, 3_600, 21_600, 86_400];

describe("an event", () => {
  test("comes to its webhook as a reader of the channel gets it, signed with the secret that was shown", async () => {
    const { id, secret } = await subscribe();
    const event = await publish({ total: 48_900, text: "💡" });
    await publish("of another channel", "news");
    await dispatch();
    expect(receiver.received).toHaveLength(1);
    const [{ body, headers } = expect.fail()] = receiver.received;
    expect(new Webhook(secret).verify(body, headers)).toEqual({
      id: event,
      channel: "shop:orders",
      type: "paid",
      key: "7",
      data: { total: 48_900, text: "💡" },
      at: expect.stringMatching(/Z$/),
    });
    expect(headers["webhook-id"]).toBe(event);
    expect(await stateOf(id)).toMatchObject({
      lag: 0,
      delivered: 1,
      failed: 0,
      lastDeliveryAt: expect.stringMatching(/Z$/),
    });
    expect(await deliveriesOf(id)).toEqual([
      {
        eventId: event,
        attempt: 1,
        status: 204,
        at: new Date(clock.now()).toISOString(),
        durationMs: expect.any(Number),
        error: null,
      },
    ]);
  });

  test("that fails comes again on the schedule with the same id, and is dead after the last", async () => {
    receiver.answer = (response) => response.writeHead(500).end("a secret of the receiver's");
    const { id } = await subscribe();
    const event = await publish({ n: 1 });
    await dispatch();
    for (const [i, seconds] of SCHEDULE.entries()) {
      clock.advance(seconds - 1);
      await dispatch();
      expect(receiver.received).toHaveLength(i + 1);
      clock.advance(1);
      await dispatch();
      expect(receiver.received).toHaveLength(i + 2);
    }
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"]))).toEqual(new Set([event]));
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-timestamp"])).size).toBe(8);
    const deliveries = await deliveriesOf(id);
    expect(deliveries.map(({ attempt }) => attempt)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    for (const { status, error } of deliveries) expect([status, error]).toEqual([500, "answered 500"]);
    expect(await deadOf(id)).toMatchObject([
      {
        event: { id: event, data: { n: 1 } },
        attempts: 8,
        lastStatus: 500,
        deadAt: new Date(clock.now()).toISOString(),
      },
    ]);
    expect(await stateOf(id)).toMatchObject({ delivered: 0, failed: 8, dead: 1 });
  });

  test("that is dead is sent again when it is replayed", async () => {
    receiver.answer = (response) => response.writeHead(500).end();
    const { id } = await subscribe();
    const event = await publish({ n: 1 });
    await dispatch();
    for (const seconds of SCHEDULE) {
      clock.advance(seconds);
      await dispatch();
    }
    receiver.answer = (response) => response.writeHead(204).end();
    receiver.received.length = 0;
    expect(await (await replay(id)).json()).toEqual({ replayed: 1 });
    expect(await (await replay(id)).json()).toEqual({ replayed: 0 });
    await dispatch();
    expect(receiver.received.map(({ headers }) => headers["webhook-id"])).toEqual([event]);
    expect(await deadOf(id)).toEqual([]);
    expect((await deliveriesOf(id))[0]).toMatchObject({ eventId: event, attempt: 1, status: 204 });
  });

  test.each([
    ["as long as the receiver asks for", "3", 3],
    ["no less than the schedule says", "1", 2],
    ["up to twice the step, where it asks for more", "9999", 4],
  ])("waits %s (Retry-After: %s)", async (_, asked, seconds) => {
    receiver.answer = (response) => response.writeHead(429, { "Retry-After": asked }).end();
    const { id } = await subscribe();
    await publish({});
    await dispatch();
    clock.advance(seconds - 1);
    await dispatch();
    expect(receiver.received).toHaveLength(1);
    clock.advance(1);
    await dispatch();
    expect(receiver.received).toHaveLength(2);
    expect((await deliveriesOf(id))[0]).toMatchObject({ status: 429, error: "answered 429" });
  });

  test.each<[string, Receiver["answer"], number | null, string]>([
    ["hangs", () => undefined, null, "no answer within 0.1 s"],
    ["breaks off", (response) => response.socket?.resetAndDestroy(), null, "no connection, or it broke"],
    [
      "redirects to a private address",
      (response) => response.writeHead(307, { Location: "http://169.254.169.254/latest/meta-data/" }).end(),
      307,
      "a redirect, which is not followed",
    ],
  ])("to a receiver that %s is tried again, and the attempt says why", async (_, answer, status, error) => {
    receiver.answer = answer;
    const { id } = await subscribe();
    const event = await publish({});
    await dispatch({ deliveryTimeoutMs: 100 });
    expect(await deliveriesOf(id)).toMatchObject([{ eventId: event, attempt: 1, status, error }]);
    receiver.answer = (response) => response.writeHead(204).end();
    clock.advance(2);
    await dispatch();
    expect(await deliveriesOf(id)).toMatchObject([{ attempt: 2, status: 204, error: null }, { attempt: 1 }]);
  });
});

test("410 disables a subscription, and PATCH to active has it go on", async () => {
  receiver.answer = (response) => response.writeHead(410).end();
  const { id } = await subscribe();
  await publish({ n: 1 });
  await dispatch();
  expect(await stateOf(id)).toMatchObject({ status: "disabled" });
  receiver.answer = (response) => response.writeHead(204).end();
  const later = await publish({ n: 2 });
  await dispatch();
  expect(receiver.received).toHaveLength(1);
  await patch(id, { status: "active" });
  clock.advance(10);
  await dispatch();
  clock.advance(10);
  await dispatch();
  expect(receiver.received.map(({ headers }) => headers["webhook-id"])).toContain(later);
  expect(await stateOf(id)).toMatchObject({ status: "active", lag: 0 });
});

test("a paused subscription gets nothing, and all of it when it is resumed, at its new URL", async () => {
  const { id } = await subscribe();
  await patch(id, { status: "paused", url: `${receiver.url}/other` });
  const events = [await publish({ n: 1 }), await publish({ n: 2 })];
  await dispatch();
  expect(receiver.received).toEqual([]);
  expect(await stateOf(id)).toMatchObject({ lag: 2 });
  await patch(id, { status: "active" });
  await dispatch();
  expect(receiver.received.map(({ path, headers }) => [path, headers["webhook-id"]])).toEqual(
    events.map((event) => ["/other", event]),
  );
});

test("it starts where it was told to: with what is kept, behind an event, or now", async () => {
  const first = await publish({ n: 1 });
  const second = await publish({ n: 2 });
  await subscribe({ start: "oldest", url: `${receiver.url}/oldest` });
  await subscribe({ start: first, url: `${receiver.url}/behind` });
  await subscribe({ start: "new", url: `${receiver.url}/new` });
  const third = await publish({ n: 3 });
  await dispatch();
  const gotAt = (path: string) =>
    receiver.received.filter((one) => one.path === path).map(({ headers }) => headers["webhook-id"]);
  expect(gotAt("/oldest")).toEqual([first, second, third]);
  expect(gotAt("/behind")).toEqual([second, third]);
  expect(gotAt("/new")).toEqual([third]);
});

test("a rotated secret signs beside the new one for 24 hours, and not after", async () => {
  const { id, secret: old } = await subscribe();
  const { secret: fresh } = await (await patch(id, { secret: "rotate" })).json<{ secret: string }>();
  const verifiedBy = async (): Promise<boolean[]> => {
    receiver.received.length = 0;
    await publish({});
    await dispatch();
    const [{ body, headers } = expect.fail()] = receiver.received;
    // The library's own clock is the real one.
    const signed = (secret: string) =>
      new Webhook(secret).sign(
        headers["webhook-id"] ?? "",
        new Date(Number(headers["webhook-timestamp"]) * 1_000),
        body,
      );
    const signatures = (headers["webhook-signature"] ?? "").split(" ");
    return [fresh, old].map((secret) => signatures.includes(signed(secret)));
  };
  expect(await verifiedBy()).toEqual([true, true]);
  clock.advance(86_399);
  expect(await verifiedBy()).toEqual([true, true]);
  clock.advance(1);
  expect(await verifiedBy()).toEqual([true, false]);
});
