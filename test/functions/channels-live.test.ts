import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createEventLog, createLive, type LiveItem } from "../../lib/pubsub/index.ts";
import { createBreaker, createConnection } from "../../lib/redis/index.ts";
import type { Services } from "../../functions/services.ts";
import { blocksOf, type Block } from "../support/event-stream.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../support/redis.ts";
import { createTime } from "../lib/pubsub/live/time.ts";
import { createHarness, KEYS, problemOf, type Harness } from "./support/harness.ts";

let redis: TestRedis;
let proxy: FaultProxy;
let harness: Harness;
let adapt: (services: Services) => Services;
/** What the test has opened. */
let open: ReturnType<typeof blocksOf>[] = [];
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
  proxy.reset();
  tests += 1;
  adapt = (services) => services;
  harness = createHarness({
    redis: { url: proxy.url, token: redis.token },
    prefix: `${redis.prefix}channels-live${tests}`,
    adapt: (services) => adapt(services),
  });
});
afterEach(async () => {
  await Promise.all(open.map((blocks) => blocks.return()));
  open = [];
});

const key = { Authorization: `Bearer ${KEYS.all}` };
const STREAM = { Accept: "text/event-stream" };
const publish = async (channel: string, body: object): Promise<string> =>
  (await (await harness.send("POST", `/v1/channels/${channel}/events`, body)).json<{ id: string }>()).id;

const ask = (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
  harness.request(`/v1/channels/${path}`, { ...init, headers: { ...STREAM, ...headers } });

async function watch(path: string, headers: Record<string, string> = key) {
  const response = await ask(path, headers);
  const { body } = response;
  if (response.status !== 200 || body === null) throw new Error(`answered ${response.status}`);
  const blocks = blocksOf(body);
  open.push(blocks);
  const next = async (): Promise<Block> => {
    const { value } = await blocks.next();
    return value ?? { ended: "" };
  };
  return { response, next, first: await next() };
}

async function* failing(): AsyncGenerator<LiveItem, void> {
  yield { kind: "position", position: "1-0" };
  throw new TypeError("unforeseen");
}

/** How many listen to the family `user`. */
const listeners = async (): Promise<unknown> => {
  const channel = `${redis.prefix}channels-live${tests}:{pubsub}:live:user`;
  const [reply] = await redis.engine.pipeline([
    ["PUBSUB", "NUMSUB", channel].map((word) => Buffer.from(word)),
  ]);
  return (reply as unknown[])[1];
};

describe("GET /v1/channels/{channel or pattern}/events as a stream", () => {
  test("sends what is published from now on", async () => {
    await publish("user:1", { data: "before" });
    const { response, first, next } = await watch("user:*/events");
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
      vary: expect.stringMatching(/\bAccept\b/),
      ratelimit: expect.stringContaining("key"),
    });
    expect(first).toEqual({ retry: "1000", "": "", id: expect.stringMatching(/^\d+-\d+$/) });

    const id = await publish("user:1", { data: { a: "ü\n\r\n\nx" }, type: "greeting", key: "k" });
    const block = await next();
    expect(block).toEqual({ id, event: "greeting", data: expect.any(String) });
    const { items } = await (
      await harness.request(`/v1/channels/user:1/events?after=${first["id"]}`, { headers: key })
    ).json<{ items: unknown[] }>();
    expect(JSON.parse(block["data"] ?? "")).toEqual(items[0]);

    await publish("user:2", { data: 2 });
    expect(await next()).toMatchObject({ event: "message" });
  });

  test.for(["gap", "error", "open"])(
    "sends an event of type `%s`, its own word, as a message",
    async (type) => {
      const { next } = await watch("user:1/events");
      const id = await publish("user:1", { data: 1, type });
      const block = await next();
      expect(block).toMatchObject({ id, event: "message" });
      expect(JSON.parse(block["data"] ?? "")).toMatchObject({ type });
    },
  );

  test("goes on behind `after`, and behind Last-Event-ID whatever `after` says", async () => {
    const one = await publish("user:1", { data: 1 });
    const two = await publish("user:1", { data: 2 });
    const three = await publish("user:1", { data: 3 });
    const all = await watch("user:1/events?after=0");
    expect([await all.next(), await all.next()]).toMatchObject([{ id: one }, { id: two }]);
    expect(await (await watch(`user:1/events?after=${one}`)).next()).toMatchObject({ id: two });
    const resumed = await watch(`user:1/events?after=${one}`, { ...key, "Last-Event-ID": two });
    expect(await resumed.next()).toMatchObject({ id: three });
  });

  test("that is ended and resumed with the id it was told first misses nothing", async () => {
    const { first } = await watch("user:1/events");
    const id = await publish("user:1", { data: "meanwhile" });
    const again = await watch("user:1/events", { ...key, "Last-Event-ID": first["id"] ?? "" });
    expect(await again.next()).toMatchObject({ id });
  });

  test("tells a gap as an event without an id", async () => {
    const services = { prefix: `${redis.prefix}channels-live${tests}`, maxEvents: 5 };
    let small: Services["events"] | undefined;
    adapt = (all) => {
      small ??= createEventLog({ redis: all.redis, ...services });
      return { ...all, events: small };
    };
    const after = await publish("user:1", { data: 0 });
    await Promise.all(Array.from({ length: 255 }, async () => small?.publish("user:1", "more")));
    const { next } = await watch(`user:1/events?after=${after}`);
    const gap = await next();
    expect(gap).toEqual({ event: "gap", data: expect.any(String) });
    const firstKept = await next();
    expect(JSON.parse(gap["data"] ?? "")).toEqual({ after, first: firstKept["id"] });
  });

  test("takes part of a list of types, and anything else is JSON", async () => {
    const { response } = await watch("user:1/events", {
      ...key,
      Accept: "application/json;q=0.1, TEXT/event-stream",
    });
    expect(response.headers.get("Content-Type")).toMatch(/^text\/event-stream/);
    const json = await ask("user:1/events", { ...key, Accept: "*/*" });
    expect(await json.json()).toEqual({ items: [], next: null });
    expect(json.headers.get("Vary")).toMatch(/\bAccept\b/);
  });

  test("goes to a browser elsewhere with a read token, and to nobody without", async () => {
    const issued = await harness.send("POST", "/v1/channels/user:*/tokens", {});
    const { token } = await issued.json<{ token: string }>();
    const { next } = await watch(`user:7/events?token=${token}`, { Origin: "https://shop.example" });
    const id = await publish("user:7", { data: 1 });
    expect(await next()).toMatchObject({ id });
    const { headers } = await ask(`user:7/events?token=${token}`, { Origin: "https://shop.example" });
    expect(headers.get("Access-Control-Allow-Origin")).toBe("https://shop.example");

    expect((await ask(`other/events?token=${token}`)).status).toBe(403);
    expect((await ask(`user:7/events?token=${"x".repeat(43)}`)).status).toBe(401);
    expect((await ask("user:7/events")).status).toBe(401);
  });

  test("is 400 behind what is no id, before anything is sent", async () => {
    const response = await ask("user:1/events", { ...key, "Last-Event-ID": "yesterday" });
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors).toEqual([
      { path: "Last-Event-ID", message: "must be an event's id, or 0" },
    ]);
    expect((await ask("user:1/events?after=yesterday", key)).status).toBe(400);
  });

  test("is 503 where Redis is away, with and without a position", async () => {
    proxy.mode = "refuse";
    for (const path of ["user:1/events", "user:1/events?after=0"]) {
      const response = await ask(path, key);
      expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "1"]);
      expect((await problemOf(response)).type).toMatch(/#redis-unavailable$/);
    }
  });

  test("ends where its requests are used up", async () => {
    adapt = ({ redis: client, events: log, prefix, ...services }) => ({
      ...services,
      redis: client,
      events: log,
      prefix,
      live: createLive({
        redis: client,
        log,
        prefix,
        subscribe: () => Promise.reject(new Error("no Pub/Sub here")),
        subrequests: 3,
      }),
    });
    const { next } = await watch("user:1/events");
    expect(await next()).toEqual({ ended: "" });
  });

  test("that fails is logged, and ends like any other", async () => {
    adapt = (services) => ({
      ...services,
      live: {
        open: async () => failing(),
      },
    });
    const response = await ask("user:1/events", key);
    expect(await response.text()).toMatch(/id: 1-0\n\n$/);
    expect(harness.logs).toContainEqual(
      expect.objectContaining({ level: "error", event: "live", requestId: expect.any(String) }),
    );
  });
});

test("a client that does not read is closed, and its subscription left, when its time is over", async () => {
  const { timer, now, advance, next } = createTime();
  const breaker = createBreaker({ failures: Infinity });
  const connection = createConnection({ url: proxy.url, token: redis.token, timeoutMs: 5_000, breaker });
  adapt = (services) => ({
    ...services,
    live: createLive({
      redis: services.redis,
      log: services.events,
      prefix: services.prefix,
      subscribe: connection.subscribe,
      timer,
      now,
    }),
  });
  const reader = (await ask("user:1/events", key)).body?.getReader();
  let isClosed = false;
  void reader?.closed.then(() => (isClosed = true));
  await reader?.read();
  const reading = reader?.read();
  await expect.poll(listeners, { timeout: 5_000 }).toBe(1);
  await publish("user:1", { data: 1 });
  await reading;
  advance(15 * 60_000 - 1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(isClosed).toBe(false);
  advance(1);
  await expect.poll(() => isClosed).toBe(true);
  await expect.poll(listeners, { timeout: 5_000 }).toBe(0);
  expect(next()).toBe(Infinity);
  expect(harness.logs.filter(({ event }) => event === "live")).toEqual([]);
});

describe("a client that leaves", () => {
  test("by closing the stream leaves no subscription behind", async () => {
    const { next } = await watch("user:1/events");
    const waiting = next();
    await expect.poll(listeners, { timeout: 5_000 }).toBe(1);
    await publish("user:1", { data: 1 });
    await waiting;
    await open.pop()?.return();
    await expect.poll(listeners, { timeout: 5_000 }).toBe(0);
  });

  test("by closing it while nothing comes leaves none either", async () => {
    const reader = (await ask("user:1/events", key)).body?.getReader();
    await reader?.read();
    const waiting = reader?.read();
    await expect.poll(listeners, { timeout: 5_000 }).toBe(1);
    await reader?.cancel();
    expect((await waiting)?.done).toBe(true);
    await expect.poll(listeners, { timeout: 5_000 }).toBe(0);
  });

  test("by ending its request leaves none either", async () => {
    const leaving = new AbortController();
    const { body } = await ask("user:1/events", key, { signal: leaving.signal });
    const text = new Response(body).text();
    await expect.poll(listeners, { timeout: 5_000 }).toBe(1);
    leaving.abort();
    expect(await text).toMatch(/^retry: 1000\n/);
    await expect.poll(listeners, { timeout: 5_000 }).toBe(0);
  });

  test("or who asks by HEAD, or is answered and never reads, subscribes to nothing", async () => {
    const head = await ask("user:1/events", key, { method: "HEAD" });
    expect([head.status, head.headers.get("Content-Type")]).toEqual([
      200,
      "text/event-stream; charset=utf-8",
    ]);
    await ask("user:1/events", key);
    await watch("other/events");
    expect(proxy.seen.filter(({ path }) => path.includes("subscribe") && path.includes("user"))).toEqual([]);
  });
});
