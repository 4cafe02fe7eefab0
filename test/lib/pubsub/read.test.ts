import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createMatcher, type ChannelEvent, type EventLog } from "../../../lib/pubsub/index.ts";
import { createRandom } from "../../local/engines/differential/random.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";
import { openLog, openRedis, type Target } from "./open.ts";

let redis: TestRedis;
let target: Target;
let log: EventLog;
let logs = 0;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.close());
beforeEach(() => {
  logs += 1;
  target = { ...redis, prefix: `${redis.prefix}read${logs}` };
  log = openLog(target);
});

/** Publishes all of these in one trip, in their order. @returns their ids */
async function publish(channels: readonly string[], data: unknown = null): Promise<string[]> {
  const outcomes = await Promise.all(channels.map((channel) => log.publish(channel, data)));
  return outcomes.map((outcome) => (outcome.kind === "published" ? outcome.id : "none"));
}

/** Reads page by page to the end. */
async function readAll(pattern: string, { after = "0", limit = 100 } = {}) {
  const pages: (readonly ChannelEvent[])[] = [];
  for (let position: string | null = after; position !== null;) {
    const { events, next, gap } = await log.read(pattern, { after: position, limit });
    expect(gap).toBeNull();
    expect(events.length).toBeLessThanOrEqual(limit);
    expect(next).not.toBe(position);
    pages.push(events);
    position = next;
  }
  return pages;
}

const idsOf = (pages: readonly (readonly ChannelEvent[])[]): string[] => pages.flat().map(({ id }) => id);

describe("reading a pattern", () => {
  test(
    "page by page finds every event of it, once, oldest first, wherever one begins: 40 walks by chance",
    { timeout: 60_000 },
    async () => {
      const seed = Math.floor(Math.random() * 2 ** 32);
      const random = createRandom(seed);
      const names = [
        "user",
        "user:1",
        "user:2",
        "user:1:x",
        "users:1",
        "news",
        ":x",
        "u",
        "order:7",
        "order:8",
      ];
      const patterns = [
        ...names,
        "*",
        "user:*",
        "user*",
        "u*",
        "?ser:[12]",
        "*:1",
        "order:?",
        ":*",
        "*x",
        "none:*",
        "a[",
        "u\\ser:1",
      ];
      const channels = Array.from({ length: 250 }, () => random.pick(names));
      const ids = await publish(channels);
      for (let walk = 0; walk < 40; walk += 1) {
        const pattern = random.pick(patterns);
        const from = random.integer(-1, ids.length - 1);
        const pages = await readAll(pattern, {
          after: ids[from] ?? "0",
          limit: random.pick([5, 12, 30, 100]),
        });
        const matches = createMatcher(pattern);
        const expected = ids.filter((_, i) => i > from && matches(channels[i] ?? ""));
        expect(idsOf(pages), `seed ${seed}, ${pattern} behind ${from}`).toEqual(expected);
      }
    },
  );

  test("says that there is no more with the last of them, not with an empty page", async () => {
    const ids = await publish(Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? "user:1" : "news")));
    for (const pattern of ["user:1", "user:*", "*"]) {
      const [page] = await readAll(pattern, { limit: pattern === "*" ? 20 : 10 });
      expect(page).toHaveLength(pattern === "*" ? 20 : 10);
    }
    const last = await log.read("*", { after: ids[9] ?? "", limit: 10 });
    expect([last.events.length, last.next]).toEqual([10, null]);
  });

  test("behind the last event, or one that is yet to come, is empty", async () => {
    const [id = ""] = await publish(["news"]);
    for (const after of [id, "999999999999999-0"]) {
      for (const pattern of ["news", "*"]) {
        const page = await log.read(pattern, { after });
        expect(page).toEqual({ events: [], next: null, position: after, gap: null });
      }
    }
  });

  test(
    "of a channel finds its few events among thousands of its family in few pages",
    { timeout: 60_000 },
    async () => {
      const crowd = Array.from({ length: 400 }, () => "user:2");
      const ids: string[] = [];
      for (let i = 0; i < 6; i += 1) {
        const [own = ""] = await publish(["user:1", ...crowd]);
        ids.push(own);
      }
      const pages = await readAll("user:1");
      expect(idsOf(pages)).toEqual(ids);
      expect(pages.length).toBeLessThanOrEqual(3);
    },
  );

  test("gives large events in pages of a bounded size", async () => {
    const large = "x".repeat(200_000);
    for (let i = 0; i < 12; i += 1) await log.publish(`f${i % 3}:large`, large);
    for (const [pattern, count] of [
      ["f1:large", 4],
      ["*", 12],
    ] as const) {
      const pages = await readAll(pattern);
      expect(pages.flat()).toHaveLength(count);
      expect(Math.max(...pages.map((page) => page.length))).toBeLessThanOrEqual(8);
    }
  });

  test("reaches 1,100 families at once", { timeout: 60_000 }, async () => {
    const ids: string[] = [];
    for (let i = 0; i < 11; i += 1)
      ids.push(...(await publish(Array.from({ length: 100 }, (_, n) => `f${i}-${n}:x`))));
    expect(idsOf(await readAll("*"))).toEqual(ids);
    const [page = []] = await readAll("f1-*");
    expect(page.map(({ id }) => id)).toEqual(ids.slice(100, 200));
  });

  test(
    "while others publish in several families misses none and sees none twice",
    { timeout: 60_000 },
    async () => {
      const writers = Array.from({ length: 6 }, async (_, writer) => {
        const own = openLog(target);
        for (let i = 0; i < 60; i += 1) await own.publish(`f${writer}:x`, i);
      });
      let writing = true;
      const written = Promise.all(writers).finally(() => {
        writing = false;
      });
      const seen: string[] = [];
      let idle = false;
      while (!idle) {
        idle = !writing;
        const { events, next } = await log.read("*", { after: seen.at(-1) ?? "0" });
        seen.push(...events.map(({ id }) => id));
        idle &&= events.length === 0 && next === null;
      }
      await written;
      expect(seen).toHaveLength(360);
      expect(seen).toEqual(idsOf(await readAll("*")));
    },
  );

  test("sees what appears in a quiet family while the others are read", async () => {
    const [first = ""] = await publish(["loud:x"]);
    const late: string[] = [];
    const reader = openRedis(target);
    const slow = openLog(target, {
      redis: {
        ...reader,
        run: async (...call) => {
          // The families are known by now, and not yet read.
          if (late.length === 0) late.push(...(await publish(["quiet:x", "loud:x"])));
          return reader.run(...call);
        },
      },
    });
    const seen: string[] = [];
    for (let looks = 0; looks < 3; looks += 1) {
      const { events } = await slow.read("*", { after: seen.at(-1) ?? "0" });
      seen.push(...events.map(({ id }) => id));
    }
    expect(seen).toEqual([first, ...late]);
  });

  test.each(["", "1", "-", "1-", "01-0", "1-1-1", "abc", "1-x", "$", "0-0 ", "1234567890123456-0"])(
    "behind %j is refused",
    async (after) => {
      await expect(log.read("news", { after })).rejects.toThrow(RangeError);
    },
  );

  test.each([0, 101, 1.5, -1, Number.NaN])("%d at a time is refused", async (limit) => {
    await expect(log.read("news", { limit })).rejects.toThrow(RangeError);
  });

  test.each(["", "a b", "a/b", "{last}", "é", "x".repeat(129)])(
    "%j is refused as a pattern",
    async (pattern) => {
      await expect(log.read(pattern)).rejects.toMatchObject({ name: "InvalidNameError", field: "pattern" });
    },
  );
});
