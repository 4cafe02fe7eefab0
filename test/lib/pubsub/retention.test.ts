import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { EventLog } from "../../../lib/pubsub/index.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";
import { ask, field, openLog, type Target } from "./open.ts";

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
  target = { ...redis, prefix: `${redis.prefix}retention${logs}` };
  log = openLog(target, { maxEvents: 10 });
});

const key = (name: string) => `${target.prefix}:{pubsub}:${name}`;
const kept = async (family: string) => Number(await ask(redis.engine, "XLEN", key(`log:${family}`)));
const trimmed = (family: string) => field(redis.engine, key("trimmed"), family);

async function publish(count: number, channel = "news"): Promise<string[]> {
  const outcomes = await Promise.all(Array.from({ length: count }, (_, i) => log.publish(channel, i)));
  return outcomes.map((outcome) => (outcome.kind === "published" ? outcome.id : "none"));
}

const DAY_MS = 86_400_000;
const nobody = () => undefined;
/** A log whose clock is so many days ahead of the events'. */
const later = (days: number) => openLog(target, { now: () => Date.now() + days * DAY_MS });

describe("a family that is full", () => {
  test("keeps the newest, is looked at with every 256th, and says exactly what has gone", async () => {
    const ids = await publish(255);
    expect(await kept("news")).toBe(255);
    ids.push(...(await publish(1)));
    expect(await kept("news")).toBe(10);
    expect(await trimmed("news")).toBe(`${ids[245]} 246`);
    ids.push(...(await publish(256)));
    expect(await kept("news")).toBe(10);
    expect(await trimmed("news")).toBe(`${ids[501]} 502`);
    expect((await log.read("news")).events.map(({ id }) => id)).toEqual(ids.slice(502));
  });

  test("tells a gap to a reader who missed one, and to no other", async () => {
    const ids = await publish(256);
    const [first = ""] = ids.slice(246);
    for (const pattern of ["news", "*"]) {
      const gapBehind = async (after: string) => (await log.read(pattern, { after })).gap;
      expect(await gapBehind("0")).toBeNull();
      expect(await gapBehind("0-0")).toBeNull();
      expect(await gapBehind("1-0")).toEqual({ after: "1-0", first });
      expect(await gapBehind(ids[244] ?? "")).toEqual({ after: ids[244], first });
      expect(await gapBehind(ids[245] ?? "")).toBeNull();
      expect(await gapBehind(ids[250] ?? "")).toBeNull();
    }
  });

  test("tells the gap with the first page of many", async () => {
    const ids = await publish(256);
    const { events, next, gap } = await log.read("news", { after: ids[0] ?? "", limit: 4 });
    expect(gap).toEqual({ after: ids[0], first: ids[246] });
    expect(events.map(({ id }) => id)).toEqual(ids.slice(246, 250));
    expect((await log.read("news", { after: next ?? "" })).gap).toBeNull();
  });

  test("tells a gap whose end is not known where none of the pattern's events is left", async () => {
    const [own = ""] = await publish(1, "user:1");
    await publish(255, "user:2");
    expect(await log.read("user:1", { after: own })).toMatchObject({
      events: [],
      next: null,
      gap: { after: own, first: null },
    });
  });

  test("takes nothing from another", async () => {
    await publish(20, "other");
    await publish(256);
    expect([await kept("other"), await kept("news")]).toEqual([20, 10]);
    expect(await trimmed("other")).toBeNull();
  });
});

describe("trimming what is old", () => {
  test("takes what is older than 7 days, and nothing sooner", async () => {
    await publish(5);
    expect(await later(6.99).trim({ seen: nobody })).toEqual({ events: 0, next: null });
    expect(await kept("news")).toBe(5);
    expect(await later(7.01).trim({ seen: nobody })).toEqual({ events: 5, next: null });
    expect(await kept("news")).toBe(0);
  });

  test("keeps what a reader has not seen, however old", async () => {
    const ids = await publish(5);
    await publish(3, "other");
    const positions: Record<string, string> = { news: ids[1] ?? "" };
    expect(await later(30).trim({ seen: (family) => positions[family] })).toEqual({ events: 5, next: null });
    expect((await log.read("*")).events.map(({ id }) => id)).toEqual(ids.slice(2));
    expect(await trimmed("news")).toBe(`${ids[1]} 2`);
    expect(await later(30).trim({ seen: () => "0" })).toEqual({ events: 0, next: null });
  });

  test("says what has gone: who has not seen it is told a gap, also where nothing is left", async () => {
    const ids = await publish(5);
    await later(30).trim({ seen: nobody });
    const behind = async (i: number) => (await log.read("news", { after: ids[i] ?? "" })).gap;
    expect(await behind(3)).toEqual({ after: ids[3], first: null });
    expect(await behind(4)).toBeNull();
    const [next] = await publish(1);
    expect(await behind(3)).toEqual({ after: ids[3], first: next });
  });

  test("leaves the numbers of what comes after without a hole", async () => {
    await publish(5);
    await later(30).trim({ seen: nobody });
    const [id = ""] = await publish(1);
    expect(await field(redis.engine, key("heads"), "news")).toBe(`${id} 6`);
    await later(30).trim({ seen: nobody });
    expect(await trimmed("news")).toBe(`${id} 6`);
  });

  test("goes through many families in several calls, each bounded, and misses none", async () => {
    const families = Array.from({ length: 230 }, (_, i) => `f${i}`);
    await Promise.all(["", ...families].map((family) => log.publish(`${family}:x`, 1)));
    const calls: number[] = [];
    let cursor: string | undefined;
    do {
      const { events, next } = await later(30).trim({ seen: nobody, cursor });
      calls.push(events);
      cursor = next ?? undefined;
    } while (cursor !== undefined);
    expect(calls).toEqual([100, 100, 31]);
    expect((await log.read("*")).events).toEqual([]);
  });

  test("while it is published to takes nothing that is not old", async () => {
    const ids = await publish(5);
    const [more] = await Promise.all([publish(20), log.trim({ olderThanMs: -60_000, seen: () => ids[2] })]);
    expect((await log.read("news")).events.map(({ id }) => id)).toEqual([...ids.slice(3), ...more]);
  });
});
