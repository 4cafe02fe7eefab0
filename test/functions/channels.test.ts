import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openLog } from "../lib/pubsub/open.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { createHarness, KEYS, problemOf, type Harness } from "./support/harness.ts";

let redis: TestRedis;
let harness: Harness;
let tests = 0;
beforeAll(async () => {
  redis = await startRedis();
});
afterEach(() => harness.settled());
afterAll(() => redis.close());

beforeEach(() => {
  tests += 1;
  harness = createHarness({ redis, prefix: `${redis.prefix}channels${tests}` });
});

interface Events {
  items: {
    id: string;
    channel: string;
    type: string | null;
    key: string | null;
    data: unknown;
    at: string;
  }[];
  next: string | null;
  gap?: { after: string; first: string | null };
}

const publish = (channel: string, body: unknown, headers: Record<string, string> = {}) =>
  harness.send("POST", `/v1/channels/${channel}/events`, body, headers);
async function publishAll(channels: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const [i, channel] of channels.entries()) {
    ids.push((await (await publish(channel, { data: i })).json<{ id: string }>()).id);
  }
  return ids;
}
const get = (path: string, key = KEYS.all) =>
  harness.request(`/v1/channels/${path}`, { headers: { Authorization: `Bearer ${key}` } });
const read = async (path: string) => (await get(path)).json<Events>();

/** An event whose body has so many bytes. */
const eventOf = (bytes: number) => JSON.stringify({ data: "x".repeat(bytes - '{"data":""}'.length) });

describe("publishing an event", () => {
  test("answers 202 with its id, and it is read back whole", async () => {
    const data = { orderId: 7, note: "für 3 €", items: [null, "007", 1.5] };
    const response = await publish("shop:orders", { data, type: "order-paid", key: "order-7" });
    expect(response.status).toBe(202);
    const { id, channel } = await response.json<{ id: string; channel: string }>();
    expect(channel).toBe("shop:orders");
    expect(await read("shop:orders/events")).toEqual({
      items: [
        {
          id,
          channel,
          type: "order-paid",
          key: "order-7",
          data,
          at: new Date(Number(id.split("-")[0])).toISOString(),
        },
      ],
      next: null,
    });
  });

  test("without type and key has null there; null is data too", async () => {
    await publish("news", { data: null });
    expect((await read("news/events")).items).toMatchObject([{ type: null, key: null, data: null }]);
  });

  test("waits for Redis once", async () => {
    await publish("news", { data: 1 });
    expect((await publish("news", { data: 2 })).headers.get("Server-Timing")).toContain("trips=1 ");
  });

  test.each([
    [{}, "data"],
    [{ data: 1, type: "a b" }, "type"],
    [{ data: 1, type: null }, "type"],
    [{ data: 1, key: "" }, "key"],
    [{ data: 1, key: 7 }, "key"],
    [{ data: 1, extra: 2 }, "extra"],
    ['{"data":1e999}', "data"],
    [`{"data":${"[".repeat(33)}${"]".repeat(33)}}`, "data"],
  ])("of %j is a 400 that says where: %s", async (body, path) => {
    const response = await publish("news", body);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors).toMatchObject([{ path }]);
    expect((await read("news/events")).items).toEqual([]);
  });

  test.each(["[]", "null", "1", "{", ""])("of %j is a 400", async (body) => {
    expect((await publish("news", body)).status).toBe(400);
  });

  test.each(["a%20b", "user%3A*", "*", "a%2Fb", "%7Blast%7D", "x".repeat(129)])(
    "on %s, which is no channel, is a 400",
    async (channel) => {
      expect((await publish(channel, { data: 1 })).status).toBe(400);
    },
  );

  test("of more than 256 KiB is a 413, of exactly so much it is taken", async () => {
    expect((await publish("large", eventOf(262_144))).status).toBe(202);
    const response = await publish("large", eventOf(262_145));
    expect([response.status, (await problemOf(response)).detail]).toEqual([
      413,
      "A body has at most 256 KiB here.",
    ]);
  });

  test("that grows beyond 256 KiB when it is written out is a 413", async () => {
    const response = await publish(
      "large",
      `{"data":[${Array.from({ length: 40_000 }, () => "1e20").join(",")}]}`,
    );
    expect([response.status, (await problemOf(response)).detail]).toEqual([
      413,
      "An event has at most 256 KiB.",
    ]);
  });

  test("needs a key with events:publish", async () => {
    expect((await publish("news", { data: 1 }, { Authorization: "" })).status).toBe(401);
    expect((await publish("news", { data: 1 }, { Authorization: `Bearer ${KEYS.products}` })).status).toBe(
      403,
    );
  });
});

describe("reading events", () => {
  test("goes page by page, oldest first, over all channels of a pattern", async () => {
    const ids = await publishAll(["user:1", "user:2", "order:1", "user:1", "user:2"]);
    const first = await read("user%3A*/events?limit=3");
    expect(first.items.map(({ id }) => id)).toEqual([ids[0], ids[1], ids[3]]);
    expect(first.next).toBe(ids[3]);
    const last = await read(`user:*/events?limit=3&after=${first.next}`);
    expect([last.items.map(({ id }) => id), last.next]).toEqual([[ids[4]], null]);
    expect((await read(`user:*/events?after=${ids[4]}`)).items).toEqual([]);
    expect((await read("*/events?after=0")).items.map(({ id }) => id)).toEqual(ids);
  });

  test.each([
    ["user:%3F/events", [0, 1]],
    ["user:[13]*/events", [0, 2]],
    ["user:%5B%5E1%5D*/events", [1, 2]],
    ["user%5C:1/events", [0]],
    ["user:[0-2]/events", [0, 1]],
    ["none/events", []],
  ])("%s gives the events of this pattern", async (path, expected) => {
    const ids = await publishAll(["user:1", "user:2", "user:30"]);
    expect((await read(path)).items.map(({ id }) => ids.indexOf(id))).toEqual(expected);
  });

  test("that were trimmed tells the gap", async () => {
    const ids = await publishAll(["news", "news", "news"]);
    const log = openLog({ ...redis, prefix: harness.env.KEY_PREFIX ?? "" });
    await log.trim({ olderThanMs: -60_000, seen: () => ids[1] });
    expect(await read(`news/events?after=${ids[0]}`)).toMatchObject({
      items: [{ id: ids[2] }],
      gap: { after: ids[0], first: ids[2] },
    });
    expect(await read(`news/events?after=${ids[1]}`)).not.toHaveProperty("gap");
    expect(await read("news/events")).not.toHaveProperty("gap");
  });

  test.each([
    "after=x",
    "after=",
    "after=1",
    "after=1-1-1",
    "after=0&after=0",
    "limit=0",
    "limit=101",
    "limit=x",
  ])("with ?%s is a 400", async (query) => {
    const response = await get(`news/events?${query}`);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors).toMatchObject([{ path: query.split("=")[0] }]);
  });

  test.each(["a%20b", "%7Ba%7D", "é", "x".repeat(129)])(
    "of %s, which is no pattern, is a 400",
    async (pattern) => {
      expect((await get(`${pattern}/events`)).status).toBe(400);
    },
  );

  test("needs a key with events:read", async () => {
    expect((await harness.request("/v1/channels/news/events")).status).toBe(401);
    expect((await get("news/events", KEYS.products)).status).toBe(403);
  });

  test("answers HEAD, and other methods with a 405", async () => {
    const head = await harness.request("/v1/channels/news/events", {
      method: "HEAD",
      headers: { Authorization: `Bearer ${KEYS.all}` },
    });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect((await harness.request("/v1/channels/news/events", { method: "PUT" })).status).toBe(405);
  });
});
