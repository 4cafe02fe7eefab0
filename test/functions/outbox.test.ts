import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDatabase, type Outbox } from "../../functions/database/index.ts";
import { createOutboxRelay } from "../../functions/outbox.ts";
import { createEventLog, type ChannelEvent, type EventLog } from "../../lib/pubsub/index.ts";
import { createConnection } from "../../lib/redis/index.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../support/redis.ts";
import { createTestSql, type TestSql } from "./support/d1.ts";

let redis: TestRedis;
let proxy: FaultProxy;
let sql: TestSql;
let outbox: Outbox;
let log: EventLog;
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
beforeEach(() => {
  proxy.mode = "pass";
  tests += 1;
  prefix = `${redis.prefix}outbox${tests}`;
  sql = createTestSql();
  outbox = createDatabase(sql).outbox;
  log = connect();
});

/** An isolate's log: its breaker is its own. */
const connect = (): EventLog =>
  createEventLog({
    redis: createConnection({ url: proxy.url, token: redis.token, timeoutMs: 5_000 }).open(),
    prefix,
  });

const relay = (from: Outbox, events: EventLog) =>
  createOutboxRelay({
    outbox: from,
    events,
    dispatch: { start: () => {} },
    waitUntil: () => {},
    on: () => {},
  }).run();

/** Writes events to D1, past the code under test: their data count up from 1. */
function write(...keys: string[]): void {
  const insert = sql.sqlite.prepare(
    "INSERT INTO outbox (channel, type, key, data, created_at) VALUES ('user:events', 'signup', ?, ?, ?)",
  );
  for (const [i, key] of keys.entries()) {
    insert.run(key, JSON.stringify({ number: String(i + 1) }), "2026-11-22T10:00:00.000Z");
  }
}

const waiting = () => sql.sqlite.prepare("SELECT count(*) AS n FROM outbox").get()?.["n"];

async function published(): Promise<ChannelEvent[]> {
  const events: ChannelEvent[] = [];
  let after = "0";
  for (;;) {
    const page = await connect().read("user:events", { after });
    events.push(...page.events);
    if (page.next === null) return events;
    after = page.next;
  }
}

const numbersOf = (events: readonly ChannelEvent[], key?: string): number[] =>
  events
    .filter((event) => key === undefined || event.key === key)
    .map(({ data }) => Number((data as { number: string }).number));

const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);

/** Kills a relay at its n-th call: before it (nothing of it happens), or behind it (it happens, and nobody hears so). */
function killedAt(call: number, when: "before" | "behind"): [Outbox, EventLog] {
  let calls = 0;
  async function guarded<T>(run: () => Promise<T>): Promise<T> {
    calls += 1;
    if (calls > call || (calls === call && when === "before")) throw new Error("killed");
    const answer = await run();
    if (calls >= call) throw new Error("killed");
    return answer;
  }
  return [
    {
      list: (limit) => guarded(() => outbox.list(limit)),
      remove: (ids) => guarded(() => outbox.remove(ids)),
    },
    { ...log, publish: (...args) => guarded(() => log.publish(...args)) },
  ];
}

describe("the outbox", () => {
  test("is published as it was written, with its channel, type and key, and is empty then", async () => {
    write("ada", "ada");
    expect(await relay(outbox, log)).toBe(true);
    const ada = { channel: "user:events", type: "signup", key: "ada" };
    expect(await published()).toEqual([
      expect.objectContaining({ ...ada, data: { number: "1" } }),
      expect.objectContaining({ ...ada, data: { number: "2" } }),
    ]);
    expect(waiting()).toBe(0);
  });

  test("that is empty costs one query, asks nothing of Redis, and starts no dispatch", async () => {
    proxy.reset();
    expect(await relay(outbox, log)).toBe(false);
    expect(sql.queries).toHaveLength(1);
    expect(proxy.requests).toBe(0);
  });

  test("of 250 users at once is published whole", async () => {
    write(...upTo(250).map((i) => `user${i}`));
    await relay(outbox, log);
    expect(numbersOf(await published()).toSorted((a, b) => a - b)).toEqual(upTo(250));
    expect(waiting()).toBe(0);
  });

  test("keeps the order of each key", async () => {
    write("ada", "ada", "bob", "ada", "bob");
    await relay(outbox, log);
    const events = await published();
    expect([numbersOf(events, "ada"), numbersOf(events, "bob")]).toEqual([
      [1, 2, 4],
      [3, 5],
    ]);
    expect(waiting()).toBe(0);
  });

  test.each(["before", "behind"] as const)(
    "loses nothing and repeats nothing when its relay is killed %s any of its calls, and keeps each key's order",
    async (when) => {
      for (let call = 1; call <= 10; call += 1) {
        prefix = `${redis.prefix}outbox${tests}.${call}`;
        log = connect();
        write("ada", "bob", "ada", "cyd", "bob");
        // Those that get through without being killed show that all calls were tried.
        const ended = await relay(...killedAt(call, when)).then(
          () => "whole",
          () => "killed",
        );
        expect([call, ended]).toEqual([call, call < 10 ? "killed" : "whole"]);
        await relay(outbox, log);
        const events = await published();
        expect(["ada", "bob", "cyd"].map((key) => numbersOf(events, key))).toEqual([[1, 3], [2, 5], [4]]);
        expect(events).toHaveLength(5);
        expect(waiting()).toBe(0);
      }
    },
  );

  test("is published once by five relays at once", async () => {
    write(...upTo(40).map((i) => `user${i % 10}`));
    await Promise.all(upTo(5).map(() => relay(outbox, connect())));
    const events = await published();
    expect(numbersOf(events).toSorted((a, b) => a - b)).toEqual(upTo(40));
    for (let i = 0; i < 10; i += 1) {
      const numbers = numbersOf(events, `user${i}`);
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
    expect(waiting()).toBe(0);
  });

  test.each(["refuse", "status500", "garbage", "dropResponse"] as const)(
    "waits while Redis does %s, and is published once then",
    async (mode) => {
      write("ada", "ada", "bob");
      proxy.mode = mode;
      await expect(relay(outbox, log)).rejects.toThrow("Redis is unavailable");
      expect(waiting()).toBe(3);
      proxy.mode = "pass";
      await relay(outbox, connect());
      expect(numbersOf(await published(), "ada")).toEqual([1, 2]);
      expect(await published()).toHaveLength(3);
      expect(waiting()).toBe(0);
    },
  );

  test("with one event that cannot be published publishes the others, and says so", async () => {
    write("ada", "no key", "bob");
    await expect(relay(outbox, log)).rejects.toThrow("key must be");
    expect(numbersOf(await published())).toEqual([1, 3]);
    expect(waiting()).toBe(1);
  });

  test("of a database made anew is not taken for events of the old one", async () => {
    write("ada");
    await relay(outbox, log);
    sql.sqlite.exec("DELETE FROM sqlite_sequence");
    sql.sqlite.exec(
      "INSERT INTO outbox (channel, type, key, data, created_at) VALUES ('user:events', 'signup', 'ada', '{}', '2026-11-22T10:00:00.001Z')",
    );
    await relay(outbox, log);
    expect(await published()).toHaveLength(2);
  });
});
