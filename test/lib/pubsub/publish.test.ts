import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { messageOf } from "../../../lib/pubsub/events.ts";
import { EventTooLargeError } from "../../../lib/pubsub/index.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";
import { ask, field, openLog, type Target } from "./open.ts";

let redis: TestRedis;
let target: Target;
let logs = 0;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.close());
beforeEach(() => {
  logs += 1;
  target = { ...redis, prefix: `${redis.prefix}publish${logs}` };
});

const key = (name: string) => `${target.prefix}:{pubsub}:${name}`;
const published = (id: unknown) => ({ kind: "published", id, repeated: false });
const anId = expect.stringMatching(/^\d{13}-\d+$/);

describe("what is published", () => {
  test("is read back as it was, with its time", async () => {
    const log = openLog(target);
    const data = { text: "für 3 € 💥\u0000\n\u2028", list: [1, null, "007", { a: true }], "": 1e-7 };
    const before = Date.now();
    const outcome = await log.publish("user:events", data, { type: "signup", key: "user-7" });
    expect(outcome).toMatchObject(published(anId));
    const { events } = await log.read("user:events");
    const [event] = events;
    const [id, at] = [event?.id ?? "", event?.at ?? ""];
    expect(events).toEqual([{ id, at, channel: "user:events", type: "signup", key: "user-7", data }]);
    expect(published(id)).toEqual({ ...outcome, start: undefined });
    expect(at).toBe(new Date(Number(id.split("-")[0])).toISOString());
    expect(Math.abs(Date.parse(at) - before)).toBeLessThan(5_000);
  });

  test.each([null, false, 0, "", "null", "true", '"x"', [], {}, "1e5", 2 ** 53])(
    "may be %j alone, without type and key",
    async (data) => {
      const log = openLog(target);
      await log.publish("news", data);
      expect((await log.read("news")).events).toMatchObject([{ data, type: null, key: null }]);
    },
  );

  test("is told on its family's channel, in one line, with what came before it", async () => {
    const log = openLog(target);
    const told: string[] = [];
    const heard = Promise.withResolvers<void>();
    const stop = await redis.engine.subscribe("subscribe", [key("live:user")], ({ payload }) => {
      told.push(String(payload));
      if (told.length === 2) heard.resolve();
    });
    await log.publish("user:events", { line: 'a "quoted"\nline' }, { type: "t", key: "k" });
    await log.publish("news", 1);
    await log.publish("user", "bare");
    await heard.promise;
    stop();
    const { events } = await log.read("*");
    const [first, news, bare] = events;
    expect(told.map(messageOf)).toEqual([
      { behind: { any: "0-0", family: "0-0" }, event: first },
      { behind: { any: news?.id, family: first?.id }, event: bare },
    ]);
    expect(told.join("")).not.toContain("\n");
  });

  test("of 256 KiB as JSON is taken, of one byte more refused, in whatever characters", async () => {
    const log = openLog(target);
    const limit = 262_144;
    for (const [character, bytes] of [
      ["x", 1],
      ["€", 3],
    ] as const) {
      const most = Math.floor((limit - 2) / bytes);
      const full = character.repeat(most) + "x".repeat(limit - 2 - most * bytes);
      await log.publish("large", full);
      await expect(log.publish("large", `${full}x`)).rejects.toThrow(EventTooLargeError);
    }
    // Both are there, though together they are more than one page takes.
    expect((await log.read("large")).events).toHaveLength(2);
  });

  test.each([[undefined], [() => 1], [Symbol("s")], [1n]])("that is no JSON is refused: %s", async (data) => {
    await expect(openLog(target).publish("news", data)).rejects.toThrow(TypeError);
  });

  test.each([
    ["channel", "a b", {}],
    ["channel", "", {}],
    ["channel", "a*", {}],
    ["channel", "{last}", {}],
    ["channel", "x".repeat(129), {}],
    ["type", "news", { type: "" }],
    ["type", "news", { type: 'a"b' }],
    ["key", "news", { key: "a\nb" }],
  ])(
    "with a %s that is no name is refused, and nothing is written: %j",
    async (parameter, channel, options) => {
      const log = openLog(target);
      await expect(log.publish(channel, 1, options)).rejects.toMatchObject({
        name: "InvalidNameError",
        field: parameter,
      });
      expect((await log.read("*")).events).toEqual([]);
    },
  );
});

describe("ids", () => {
  test("ascend over all channels, and their numbers in each family without a hole", async () => {
    const log = openLog(target);
    const channels = ["user:1", "user:2", "news", "order:9", ":x"];
    const ids: string[] = [];
    for (let i = 0; i < 60; i += 1) {
      const outcome = await log.publish(channels[i % channels.length] ?? "", i);
      if (outcome.kind === "published") ids.push(outcome.id);
    }
    const { events, next } = await log.read("*");
    expect(next).toBeNull();
    expect(events.map(({ id }) => id)).toEqual(ids);
    expect(events.map(({ data }) => data)).toEqual(ids.map((_, i) => i));
    expect(await field(redis.engine, key("heads"), "user")).toBe(`${ids[56]} 24`);
  });

  test(
    "of 1,000 at once from 10 isolates are all different, and each isolate's own stay in order",
    { timeout: 60_000 },
    async () => {
      const isolates = Array.from({ length: 10 }, () => openLog(target));
      // Each waits for one answer before its next, as callers do who want an order.
      const acknowledged = await Promise.all(
        isolates.map(async (log, isolate) => {
          const own: string[] = [];
          for (let i = 0; i < 100; i += 1) {
            const outcome = await log.publish("rush:all", [isolate, i], { key: `k${isolate}` });
            if (outcome.kind === "published") own.push(outcome.id);
          }
          return own;
        }),
      );
      const log = openLog(target);
      const read: [string, string | null][] = [];
      for (let after: string | null = "0"; after !== null;) {
        const page = await log.read("rush:all", { after });
        read.push(...page.events.map(({ id, key: of }): [string, string | null] => [id, of]));
        after = page.next;
      }
      expect(new Set(read.map(([id]) => id)).size).toBe(1_000);
      for (const [isolate, own] of acknowledged.entries()) {
        expect(read.filter(([, of]) => of === `k${isolate}`).map(([id]) => id)).toEqual(own);
      }
      const numbers = (await ask(redis.engine, "XRANGE", key("log:rush"), "-", "+")) as [Buffer, Buffer[]][];
      expect(numbers.map(([, fields]) => Number(fields[3]))).toEqual(numbers.map((_, i) => i + 1));
    },
  );

  test("go on when Redis's clock goes back", async () => {
    const log = openLog(target);
    const ahead = Date.now() + 3_600_000;
    await ask(redis.engine, "HSET", key("heads"), "{last}", `${ahead}-4`);
    expect(await log.publish("a:1", 1)).toMatchObject(published(`${ahead}-5`));
    expect(await log.publish("b:1", 2)).toMatchObject(published(`${ahead}-6`));
    expect((await log.read("*")).events.map(({ data }) => data)).toEqual([1, 2]);
  });
});

describe("who is to start a dispatch", () => {
  test("is the first of a burst alone", async () => {
    const log = openLog(target);
    const starts: boolean[] = [];
    for (let i = 0; i < 5; i += 1) {
      const outcome = await log.publish(`f${i}:x`, i);
      if (outcome.kind === "published") starts.push(outcome.start);
    }
    expect(starts).toEqual([true, false, false, false, false]);
  });

  test.each([
    ["has taken it up", "0"],
    ["has not taken it up for more than a second", `-${Date.now() - 1_500}`],
    ["was started by a clock that was ahead", `-${Date.now() + 60_000}`],
  ])("is the next one, where who was to %s", async (_, score) => {
    const log = openLog(target);
    await log.publish("news", 1);
    if (score === "0") await ask(redis.engine, "ZREM", key("agenda"), "{events}");
    else await ask(redis.engine, "ZADD", key("agenda"), score, "{events}");
    expect(await log.publish("news", 2)).toMatchObject({ start: true });
    expect(await log.publish("news", 3)).toMatchObject({ start: false });
    // Whatever the clock of who looks: it is due.
    const [due] = (await ask(redis.engine, "ZRANGE", key("agenda"), "-inf", "0", "BYSCORE")) as Buffer[];
    expect(String(due)).toBe("{events}");
  });
});
