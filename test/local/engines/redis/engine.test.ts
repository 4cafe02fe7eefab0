// The engine before a Redis by URL: what it does without one, and, where REDIS_URL names one, with it.

import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Engine, EngineMessage } from "../../../../local/engine.ts";
import { openEngine } from "../../../../local/engines/open.ts";
import { createRedisEngine } from "../../../../local/engines/redis/engine.ts";
import { EngineUnavailableError } from "../../../../local/engines/unavailable.ts";
import { plain, run, words } from "../support.ts";

const servers: Server[] = [];
const sockets = new Set<Socket>();

/** A server on a free port that answers what `answer` says to each chunk. */
async function listen(answer: (text: string) => string | null): Promise<number> {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      const reply = answer(chunk.toString());
      if (reply !== null) socket.write(reply);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function stop(server: Server | undefined): Promise<void> {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await new Promise((resolve) => (server?.listening ? server.close(resolve) : resolve(null)));
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map(stop));
});

const INFO = "redis_version:7.0.15\r\nredis_mode:standalone\r\nloading:0\r\n";

/** Enough of a Redis to connect to: INFO, PING. Other commands get no answer. */
function answerInfo(text: string): string | null {
  if (text.includes("info") || text.includes("INFO")) return `$${INFO.length}\r\n${INFO}\r\n`;
  return text.includes("PING") ? "+PONG\r\n" : null;
}

describe("without a Redis", () => {
  test("an unreachable one is an error that names REDIS_URL and the address, never the password", async () => {
    const port = await listen(() => null);
    await stop(servers.pop());
    const opening = openEngine({
      redisUrl: `redis://someone:hunter2@127.0.0.1:${port}`,
      stateDir: null,
      log: () => {},
    });
    const error: unknown = await opening.catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(EngineUnavailableError);
    expect(String(error)).toMatch(new RegExp(`REDIS_URL: Redis at 127\\.0\\.0\\.1:${port} .*ECONNREFUSED`));
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error as object))).not.toContain("hunter2");
  });

  test("a wrong password is told as such, and not repeated", async () => {
    const port = await listen(() => "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
    const opening = createRedisEngine({ url: `redis://:hunter2@127.0.0.1:${port}` });
    const error: unknown = await opening.catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(EngineUnavailableError);
    expect(String(error)).toContain("WRONGPASS");
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error as object))).not.toContain("hunter2");
  });

  test("one that takes the connection and stays silent is given up after the time-out", async () => {
    const port = await listen(() => null);
    const opening = createRedisEngine({ url: `redis://127.0.0.1:${port}`, connectTimeoutMs: 100 });
    await expect(opening).rejects.toThrow(EngineUnavailableError);
  });

  test("a call that is not answered in time is refused, and the connection made anew", async () => {
    const port = await listen(answerInfo);
    const engine = await createRedisEngine({ url: `redis://127.0.0.1:${port}`, commandTimeoutMs: 100 });
    const calls = [
      engine.pipeline([words("GET", "secret key")]),
      engine.transaction([words("GET", "secret key")]),
    ];
    for (const call of await Promise.allSettled(calls)) {
      expect(call).toMatchObject({
        status: "rejected",
        reason: expect.any(EngineUnavailableError) as unknown,
      });
      expect(String((call as PromiseRejectedResult).reason)).not.toContain("secret");
    }
    await vi.waitFor(async () => expect(await run(engine, "PING")).toBe("+PONG"), { timeout: 5_000 });
    await engine.close();
  });

  test("calls fail at once while it is down, and succeed once it is back", async () => {
    const port = await listen(answerInfo);
    const engine = await createRedisEngine({ url: `redis://127.0.0.1:${port}` });
    expect(engine.description).toBe(`redis://127.0.0.1:${port} (Redis 7.0.15)`);
    expect(await run(engine, "PING")).toBe("+PONG");
    await stop(servers.pop());
    await vi.waitFor(() => expect(run(engine, "PING")).rejects.toThrow(EngineUnavailableError));
    const started = performance.now();
    await expect(run(engine, "PING")).rejects.toThrow(EngineUnavailableError);
    expect(performance.now() - started).toBeLessThan(100);

    const again = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("data", (chunk) => socket.write(answerInfo(chunk.toString()) ?? ""));
    });
    servers.push(again);
    await new Promise<void>((resolve) => again.listen(port, "127.0.0.1", resolve));
    await vi.waitFor(async () => expect(await run(engine, "PING")).toBe("+PONG"), { timeout: 5_000 });
    await engine.close();
    await engine.close();
  });

  test("commands that would take over the shared connection never reach it", async () => {
    const seen: string[] = [];
    const port = await listen((text) => {
      seen.push(text);
      return answerInfo(text);
    });
    const engine = await createRedisEngine({ url: `redis://127.0.0.1:${port}` });
    const replies = await engine.pipeline([
      words("SUBSCRIBE", "c"),
      words("PING"),
      words("client", "reply", "off"),
    ]);
    expect(replies.map(plain)).toEqual([
      expect.stringMatching(/^-ERR SUBSCRIBE is not possible/),
      "+PONG",
      expect.stringMatching(/^-ERR CLIENT is not possible/),
    ]);
    expect(plain((await engine.transaction([words("MULTI")])) as never)).toMatch(/^-ERR MULTI/);
    expect(seen.join("")).not.toMatch(/SUBSCRIBE|reply|MULTI/);
    await engine.close();
  });
});

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
