// The engine before a real Redis, Valkey or Cluster: that of REDIS_URL.

import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Engine, EngineMessage } from "../../../../local/engine.ts";
import { createRedisEngine } from "../../../../local/engines/redis/engine.ts";
import { run, words } from "../support.ts";

const REDIS_URL = process.env["REDIS_URL"];

/** A key of this run alone: the Redis may be shared. */
function key(name: string): string {
  return `{test:redis-engine:${process.pid}}:${name}`;
}

// Needs the Redis of REDIS_URL: what is asked of it is what only a real one shows.
describe.runIf(REDIS_URL)("with the Redis of REDIS_URL", () => {
  let engine: Engine;

  beforeAll(async () => {
    engine = await createRedisEngine({ url: REDIS_URL ?? "" });
  });
  afterAll(async () => {
    await run(engine, "DEL", ...["text", "hash", "number", "list"].map(key));
    await engine.close();
  });

  test("statuses, strings, integers beyond 2^53, nil and nested errors keep their kinds", async () => {
    expect(await run(engine, "SET", key("text"), "OK")).toBe("+OK");
    expect(await run(engine, "GET", key("text"))).toBe("OK");
    expect(await run(engine, "HSET", key("hash"), "f", "v")).toBe(1);
    expect(await run(engine, "hgetall", key("hash"))).toEqual(["f", "v"]);
    expect(await run(engine, "INCRBY", key("number"), "9007199254740993")).toBe(9007199254740993n);
    expect(await run(engine, "GET", key("none"))).toBeNull();
    const script = "return {1, 'OK', {redis.call('SET', KEYS[1], 'x'), redis.pcall('LPUSH', KEYS[1], 'x')}}";
    expect(await run(engine, "EVAL", script, 1, key("text"))).toEqual([
      1,
      "OK",
      ["+OK", "-WRONGTYPE Operation against a key holding the wrong kind of value"],
    ]);
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    expect(await engine.pipeline([words("SET", key("text"), bytes), words("GET", key("text"))])).toEqual([
      expect.objectContaining({ text: "OK" }),
      bytes,
    ]);
  });

  test("a value of megabytes comes back whole among small ones", async () => {
    const large = Buffer.alloc(5_000_000, "+OK\r\n$-1\r\n");
    const replies = await engine.pipeline([
      words("SET", key("text"), large),
      words("GET", key("text")),
      words("STRLEN", key("text")),
    ]);
    expect(Buffer.isBuffer(replies[1]) && replies[1].equals(large)).toBe(true);
    expect(replies[2]).toBe(large.length);
  });

  test("nothing of another caller comes between the commands of a transaction", async () => {
    const increments = Array.from({ length: 20 }, () => words("INCR", key("list")));
    const [transaction] = await Promise.all([engine.transaction(increments), engine.pipeline(increments)]);
    const replies = transaction as number[];
    expect(replies.map((reply) => reply - (replies[0] ?? 0))).toEqual(increments.map((_, at) => at));
  });

  test("subscribers share a channel; it ends with the last of them", async () => {
    const channel = key("channel");
    const heard: [string, EngineMessage][] = [];
    const hear = (name: string) => (message: EngineMessage) => void heard.push([name, message]);
    const leave = await engine.subscribe("subscribe", [channel], hear("first"));
    const leaveSecond = await engine.subscribe("subscribe", [channel], hear("second"));
    const leavePattern = await engine.subscribe("psubscribe", [channel.replace("{", "?")], hear("pattern"));
    const payload = Buffer.from([0, 255]);
    await engine.pipeline([words("PUBLISH", channel, payload)]);
    await vi.waitFor(() => expect(heard).toHaveLength(3));
    expect(heard.map(([name]) => name).toSorted()).toEqual(["first", "pattern", "second"]);
    expect(heard.find(([name]) => name === "pattern")?.[1]).toEqual({
      pattern: channel.replace("{", "?"),
      channel,
      payload,
    });
    leave();
    await engine.pipeline([words("PUBLISH", channel, "again")]);
    await vi.waitFor(() => expect(heard).toHaveLength(5));
    leaveSecond();
    leavePattern();
    await vi.waitFor(async () =>
      expect(await run(engine, "PUBSUB", "NUMSUB", channel)).toEqual([channel, 0]),
    );
  });

  test("MONITOR shows commands as Redis writes them", async () => {
    const lines: string[] = [];
    const leave = await engine.monitor((line) => lines.push(line));
    await run(engine, "SET", key("text"), 'a" "b');
    const line = new RegExp(
      `^\\d+\\.\\d{6} \\[\\d+ \\S+\\] "SET" "${key("text").replaceAll(/[{}]/g, "\\$&")}" "a\\\\" \\\\"b"$`,
    );
    await vi.waitFor(() => expect(lines).toContainEqual(expect.stringMatching(line)));
    leave();
  });
});
