import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createQueues } from "../../lib/lists/index.ts";
import { createClock, type Clock } from "../support/clock.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../support/redis.ts";
import { createHarness, KEYS, problemOf, type Harness } from "./support/harness.ts";

let redis: TestRedis;
let proxy: FaultProxy;
let harness: Harness;
let clock: Clock;
let tests = 0;

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
  clock = createClock(Date.UTC(2026, 10, 1, 9, 30));
  harness = createHarness({
    redis: { url: proxy.url, token: redis.token },
    prefix: `${redis.prefix}queues-operations${tests}`,
    adapt: (services) => ({
      ...services,
      queues: createQueues({ redis: services.redis, prefix: services.prefix, redisNow: clock.now }),
    }),
  });
});

const key = { Authorization: `Bearer ${KEYS.all}` };
const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = key) =>
  harness.request(`/v1/queues${path}`, {
    method,
    headers: { ...headers, ...(body !== undefined && { "Content-Type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
const json = async (method: string, path: string, body?: unknown) =>
  (await call(method, path, body)).json<Record<string, unknown>>();

/** Sends messages and receives them until they are dead. */
async function bury(...bodies: unknown[]): Promise<void> {
  await call("PUT", "/mails", { maxAttempts: 1 });
  await call("POST", "/mails/messages", { messages: bodies.map((body) => ({ body })) });
  await call("POST", "/mails/receive", { max: 100 });
  clock.advance(30);
}

describe("GET /v1/queues/{queue}", () => {
  test("counts what there is at the moment of asking, and tells the age of the oldest", async () => {
    expect(await json("GET", "/mails")).toEqual({
      queue: "mails",
      ready: 0,
      inFlight: 0,
      delayed: 0,
      dead: 0,
      oldestAgeSeconds: 0,
    });
    await bury("dead");
    await call("POST", "/mails/messages", {
      messages: [{ body: 1 }, { body: 2 }, { body: 3, delaySeconds: 90 }],
    });
    await call("POST", "/mails/receive", { visibilitySeconds: 60 });
    clock.advance(59);
    const metrics = { queue: "mails", ready: 1, inFlight: 1, delayed: 1, dead: 1, oldestAgeSeconds: 59 };
    expect(await json("GET", "/mails")).toEqual(metrics);
    clock.advance(1);
    expect(await json("GET", "/mails")).toMatchObject({ ready: 1, inFlight: 0, delayed: 1, dead: 2 });
    clock.advance(30);
    expect(await json("GET", "/mails")).toMatchObject({ ready: 2, inFlight: 0, delayed: 0, dead: 2 });
  });
});

describe("PUT /v1/queues/{queue}", () => {
  test("sets after how many receives a message is dead; 5 where it was never set", async () => {
    for (const [queue, attempts] of [
      ["five", 5],
      ["two", 2],
    ] as const) {
      const set = await call("PUT", "/two", { maxAttempts: 2 });
      expect([set.status, await set.json()]).toEqual([200, { queue: "two", maxAttempts: 2 }]);
      await call("POST", `/${queue}/messages`, { body: 1 });
      for (let i = 1; i <= attempts; i += 1) {
        expect(await json("GET", `/${queue}`)).toMatchObject({ ready: 1, dead: 0 });
        expect(await json("POST", `/${queue}/receive`, {})).toMatchObject({ messages: [{ attempts: i }] });
        clock.advance(30);
      }
      expect(await json("GET", `/${queue}`)).toMatchObject({ ready: 0, dead: 1 });
      expect(await json("POST", `/${queue}/receive`, {})).toEqual({ messages: [] });
    }
  });

  test.each([{}, { maxAttempts: 0 }, { maxAttempts: 101 }, { maxAttempts: 1.5 }, { maxAttempts: "5" }])(
    "with %j is a 400 that names the field",
    async (body) => {
      const response = await call("PUT", "/mails", body);
      expect(response.status).toBe(400);
      expect((await problemOf(response)).errors?.map(({ path }) => path)).toEqual(["maxAttempts"]);
    },
  );
});

describe("/v1/queues/{queue}/dead", () => {
  test("lists the dead page by page, in the order they died", async () => {
    await bury("a", "b", "c");
    const first = await json("GET", "/mails/dead?limit=2");
    expect(first).toEqual({
      items: ["a", "b"].map((body) => ({
        id: expect.any(String),
        body,
        attempts: 1,
        enqueuedAt: "2026-11-01T09:30:00.000Z",
        deadAt: "2026-11-01T09:30:30.000Z",
      })),
      next: expect.any(String),
    });
    const second = await json("GET", `/mails/dead?limit=2&cursor=${String(first["next"])}`);
    expect(second).toMatchObject({ items: [{ body: "c" }], next: null });
    expect(await json("GET", "/other/dead")).toEqual({ items: [], next: null });
  });

  test.each([
    ["limit", "limit=0"],
    ["limit", "limit=101"],
    ["limit", "limit=1&limit=2"],
    ["cursor", "cursor="],
    ["cursor", "cursor=x"],
    ["cursor", "cursor=1.2"],
  ])("with a bad %s (%s) is a 400 that names it", async (field, query) => {
    const response = await call("GET", `/mails/dead?${query}`);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors?.map(({ path }) => path)).toEqual([field]);
  });

  test("redrive makes them ready, their attempts anew, and answers how many; their old receipts are a 409", async () => {
    await call("POST", "/mails/messages", { body: 0 });
    const { messages } = await (
      await call("POST", "/mails/receive", { visibilitySeconds: 1 })
    ).json<{ messages: { receipt: string }[] }>();
    clock.advance(1);
    await bury(1, 2);
    expect(await json("POST", "/mails/dead/redrive")).toEqual({ moved: 3 });
    expect((await call("DELETE", `/mails/messages/${messages[0]?.receipt}`)).status).toBe(409);
    expect(await json("POST", "/mails/receive", { max: 10 })).toMatchObject({
      messages: [
        { body: 0, attempts: 1 },
        { body: 1, attempts: 1 },
        { body: 2, attempts: 1 },
      ],
    });
    expect(await json("POST", "/mails/dead/redrive")).toEqual({ moved: 0 });
  });

  test("DELETE is a 204 that forgets them, and nothing else", async () => {
    await bury(1, 2);
    await call("POST", "/mails/messages", { body: "alive" });
    for (let i = 0; i < 2; i += 1) expect((await call("DELETE", "/mails/dead")).status).toBe(204);
    expect(await json("GET", "/mails")).toMatchObject({ ready: 1, dead: 0 });
  });
});

/** By real clocks. */
function useRealClocks(): void {
  harness = createHarness({
    redis: { url: proxy.url, token: redis.token },
    prefix: `${redis.prefix}queues-wait${tests}`,
  });
}

describe("a receive that waits", () => {
  test("answers as soon as there is a message, delayed ones too", async () => {
    useRealClocks();
    await call("POST", "/mails/messages", { body: "later", delaySeconds: 1 });
    const started = Date.now();
    expect(await json("POST", "/mails/receive", { waitSeconds: 10 })).toMatchObject({
      messages: [{ body: "later" }],
    });
    expect(Date.now() - started).toBeLessThan(3_000);
  });

  test("ends when its client leaves, who takes no message", async () => {
    useRealClocks();
    const leaving = new AbortController();
    await call("POST", "/mails/receive", {});
    proxy.reset();
    const waiting = harness.request("/v1/queues/mails/receive", {
      method: "POST",
      headers: { ...key, "Content-Type": "application/json" },
      body: JSON.stringify({ waitSeconds: 20 }),
      signal: leaving.signal,
    });
    await expect.poll(() => proxy.requests).toBeGreaterThan(1);
    leaving.abort();
    await call("POST", "/mails/messages", { body: 1 });
    expect(await (await waiting).json()).toEqual({ messages: [] });
    expect(await json("GET", "/mails")).toMatchObject({ ready: 1, inFlight: 0 });
  });
});

const RECEIPT = "1793525400000-000000.1";
const CALLS: [method: string, path: string, scope: string, body?: unknown][] = [
  ["POST", "/mails/messages", "send", { body: 1 }],
  ["POST", "/mails/receive", "receive", {}],
  ["DELETE", `/mails/messages/${RECEIPT}`, "receive"],
  ["PATCH", `/mails/messages/${RECEIPT}`, "receive", { visibilitySeconds: 1 }],
  ["GET", "/mails", "read"],
  ["PUT", "/mails", "write", { maxAttempts: 3 }],
  ["GET", "/mails/dead", "write"],
  ["POST", "/mails/dead/redrive", "write"],
  ["DELETE", "/mails/dead", "write"],
];

test.each(CALLS)("%s %s needs a key with the scope queues:%s", async (method, path, scope, body) => {
  expect((await call(method, path, body, {})).status).toBe(401);
  const refused = await call(method, path, body, { Authorization: `Bearer ${KEYS.products}` });
  expect(refused.status).toBe(403);
  expect((await problemOf(refused)).detail).toContain(`queues:${scope}.`);
});

test.each(CALLS)(
  "%s %s costs one trip, and with a bad queue is a 400 that says so",
  async (method, path, _, body) => {
    await call(method, path, body);
    const { headers } = await call(method, path, body);
    expect(headers.get("Server-Timing")).toContain('desc="trips=1 ');
    for (const name of ["%20", "a%2Fb", "%7Ba%7D", "%E0%A4%A", "a".repeat(129)]) {
      const response = await call(method, path.replace("mails", name), body);
      expect(response.status, name).toBe(400);
      expect((await problemOf(response)).errors?.[0]?.path).toBe("queue");
    }
  },
);

test.each(["refuse", "hang", "status500", "garbage"] as const)(
  "with a Redis that does %s, every call is a 503 that says when to try again",
  async (mode) => {
    harness = createHarness({
      redis: { url: proxy.url, token: redis.token },
      prefix: `${redis.prefix}queues-away`,
      redisTimeoutMs: 100,
    });
    proxy.mode = mode;
    for (const [method, path, , body] of CALLS) {
      const response = await call(method, path, body);
      expect(response.status, `${method} ${path}`).toBe(503);
      expect(response.headers.get("Retry-After")).toMatch(/^\d+$/);
      expect((await problemOf(response)).type).toMatch(/#redis-unavailable$/);
    }
  },
);

const send = (body: unknown, idempotencyKey: string) =>
  call("POST", "/mails/messages", body, { ...key, "Idempotency-Key": idempotencyKey });

test("a send with an Idempotency-Key whose reply was lost is a 503; sent again it answers what was lost, and there is one message", async () => {
  // The isolate holds permits of its limit from here on.
  await send({ body: "warm" }, "warm");
  proxy.mode = "dropResponse";
  expect((await send({ messages: [{ body: 1 }, { body: 2 }] }, "order 7")).status).toBe(503);
  proxy.mode = "pass";
  const again = await send({ messages: [{ body: 1 }, { body: 2 }] }, "order 7");
  expect([again.status, again.headers.get("Idempotency-Replayed")]).toEqual([201, "true"]);
  const { ids } = await again.json<{ ids: string[] }>();
  const received = await json("POST", "/mails/receive", { max: 10 });
  expect(received).toMatchObject({
    messages: [{ body: "warm" }, { id: ids[0], body: 1 }, { id: ids[1], body: 2 }],
  });
});
