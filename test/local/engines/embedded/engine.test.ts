// What the embedded engine answers where js-redis-server alone would not answer as Redis does.

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Engine, EngineMessage } from "../../../../local/engine.ts";
import { createEmbeddedEngine } from "../../../../local/engines/embedded/engine.ts";
import { plain, run, words } from "../support.ts";

let engine: Engine;

beforeEach(async () => {
  engine = await createEmbeddedEngine({ stateDir: null, log: () => {} });
});
afterEach(() => engine.close());

describe("commands", () => {
  test("ECHO answers its argument, bytes and all", async () => {
    const bytes = Buffer.from([0, 255, 13, 10]);
    expect(await engine.pipeline([words("ECHO", bytes)])).toEqual([bytes]);
  });

  test("a command it lacks is unknown, in Redis's words", async () => {
    for (const name of ["DUMP", "OBJECT", "LCS", "WAIT"]) {
      expect(await run(engine, name, "a", "b")).toBe(
        `-ERR unknown command '${name}', with args beginning with: 'a' 'b' `,
      );
    }
  });

  test("an exception inside is an ERR reply, in a script too", async () => {
    const tooFar = 99_999_999_999;
    expect(await run(engine, "SETRANGE", "k", tooFar, "x")).toMatch(/^-ERR /);
    expect(await run(engine, "EVAL", `return redis.pcall('SETRANGE', 'k', ${tooFar}, 'x').err`, 0)).toMatch(
      /^ERR /,
    );
    expect(await run(engine, "PING")).toBe("+PONG");
  });

  test("integers are exact over all 64 bits", async () => {
    expect(await run(engine, "INCRBY", "n", "9007199254740993")).toBe(9007199254740993n);
    expect(await run(engine, "INCR", "n")).toBe(9007199254740994n);
    expect(await run(engine, "SET", "n", "9223372036854775807")).toBe("+OK");
    expect(await run(engine, "INCR", "n")).toBe("-ERR increment or decrement would overflow");
    expect(await run(engine, "HINCRBY", "h", "f", "-9223372036854775808")).toBe(-9223372036854775808n);
  });

  test("floats add up as in Redis", async () => {
    expect(await run(engine, "INCRBYFLOAT", "f", "0.1")).toBe("0.1");
    expect(await run(engine, "INCRBYFLOAT", "f", "0.2")).toBe("0.3");
    expect(await run(engine, "GET", "f")).toBe("0.3");
    expect(await run(engine, "HINCRBYFLOAT", "h", "f", "1e21")).toBe("1000000000000000000000");
    expect(await run(engine, "HINCRBYFLOAT", "h", "f", "x")).toBe("-ERR value is not a valid float");
  });

  test("a stream is trimmed with a literal = as well", async () => {
    for (let id = 1; id <= 5; id++) await run(engine, "XADD", "s", `${id}-0`, "f", "v");
    expect(await run(engine, "XADD", "s", "MAXLEN", "=", 3, "6-0", "f", "v")).toBe("6-0");
    expect(await run(engine, "XLEN", "s")).toBe(3);
    expect(await run(engine, "XADD", "s", "MINID", "=", "6-0", "NOMKSTREAM", "7-0", "f", "v")).toBe("7-0");
    expect(await run(engine, "XLEN", "s")).toBe(2);
    expect(await run(engine, "XTRIM", "s", "MAXLEN", "=", 1)).toBe(1);
  });

  test("XACK of a group or stream that is not there acknowledges 0", async () => {
    expect(await run(engine, "XACK", "none", "g", "1-1")).toBe(0);
    await run(engine, "XADD", "s", "1-0", "f", "v");
    expect(await run(engine, "XACK", "s", "g", "1-1")).toBe(0);
  });

  test("reading one's pending entries again counts as a delivery", async () => {
    await run(engine, "XGROUP", "CREATE", "s", "g", "0", "MKSTREAM");
    await run(engine, "XADD", "s", "1-0", "f", "v");
    await run(engine, "XREADGROUP", "GROUP", "g", "c", "STREAMS", "s", ">");
    await run(engine, "XREADGROUP", "GROUP", "g", "c", "STREAMS", "s", "0");
    const [[id, consumer, , deliveries]] = (await run(engine, "XPENDING", "s", "g", "-", "+", 10)) as [
      unknown[],
    ];
    expect([id, consumer, deliveries]).toEqual(["1-0", "c", 2]);
  });

  test("a stored result replaces a key of another type, and its expiry", async () => {
    await run(engine, "SADD", "source", "a", "b");
    await run(engine, "SET", "destination", "text", "EX", 1000);
    expect(await run(engine, "SUNIONSTORE", "destination", "source")).toBe(2);
    expect(await run(engine, "TTL", "destination")).toBe(-1);
    await run(engine, "SET", "text", "kept");
    expect(await run(engine, "SUNIONSTORE", "destination", "text")).toMatch(/^-WRONGTYPE/);
    expect(await run(engine, "SCARD", "destination")).toBe(2);
  });
});

describe("pipelines and transactions", () => {
  test("a pipeline keeps its order, and an error its place", async () => {
    const commands = [
      words("SET", "k", "1"),
      words("LPUSH", "k", "x"),
      words("INCR", "k"),
      words("GET", "k"),
    ];
    const [set, push, incr, get] = (await engine.pipeline(commands)).map(plain);
    expect([set, incr, get]).toEqual(["+OK", 2, "2"]);
    expect(push).toMatch(/^-WRONGTYPE/);
  });

  test("nothing of another client comes between the commands of a transaction", async () => {
    const increments = Array.from({ length: 20 }, () => words("INCR", "n"));
    const [transaction, ...pipelines] = await Promise.all([
      engine.transaction(increments),
      ...Array.from({ length: 5 }, () => engine.pipeline(increments)),
    ]);
    const replies = transaction as number[];
    expect(replies.map((reply) => reply - (replies[0] ?? 0))).toEqual(increments.map((_, at) => at));
    expect(pipelines).toHaveLength(5);
    expect(await run(engine, "GET", "n")).toBe("120");
  });

  test("a run-time error stands in its place; what cannot be queued discards all", async () => {
    const mixed = [
      words("SET", "k", "x"),
      words("INCR", "k"),
      words("SET", "k", "y", "EX", "bad"),
      words("GET", "k"),
    ];
    const replies = await engine.transaction(mixed);
    expect(Array.isArray(replies) && replies.map(plain)).toEqual([
      "+OK",
      "-ERR value is not an integer or out of range",
      "-ERR value is not an integer or out of range",
      "x",
    ]);
    for (const refused of [words("NOPE"), words("GET")]) {
      expect(plain(await engine.transaction([words("SET", "k", "changed"), refused]))).toMatch(/^-EXECABORT/);
    }
    expect(await run(engine, "GET", "k")).toBe("x");
  });

  test("a stray blocking command answers at once, and changes nothing for others", async () => {
    expect(await run(engine, "BLPOP", "none", 0)).toBeNull();
    expect(await run(engine, "XREAD", "BLOCK", 0, "STREAMS", "none", "$")).toBeNull();
    expect(await run(engine, "MULTI")).toBe("+OK");
    await run(engine, "SUBSCRIBE", "channel");
    expect(await run(engine, "MONITOR")).toMatch(/^-ERR/);
    expect(await run(engine, "SET", "k", "v")).toBe("+OK");
    expect(await run(engine, "GET", "k")).toBe("v");
  });
});

describe("subscriptions", () => {
  test("a subscriber hears its channel, a pattern all that match, until they leave", async () => {
    const heard: EngineMessage[] = [];
    const leave = await engine.subscribe("subscribe", ["news", "news"], (message) => heard.push(message));
    const leavePattern = await engine.subscribe("psubscribe", ["n?ws"], (message) => heard.push(message));
    expect(await run(engine, "PUBLISH", "news", Buffer.from([255, 0]))).toBe(2);
    expect(heard).toEqual([
      { pattern: null, channel: "news", payload: Buffer.from([255, 0]) },
      { pattern: "n?ws", channel: "news", payload: Buffer.from([255, 0]) },
    ]);
    leave();
    leave();
    leavePattern();
    expect(await run(engine, "PUBLISH", "news", "x")).toBe(0);
  });

  test("MONITOR shows each command as Redis writes it", async () => {
    const lines: string[] = [];
    const leave = await engine.monitor((line) => lines.push(line));
    await run(engine, "SET", "k", 'a"\n');
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    expect(lines[0]).toMatch(/^\d+\.\d{6} \[0 127\.0\.0\.1:0\] "SET" "k" "a\\"\\n"$/);
    leave();
    await run(engine, "GET", "k");
    expect(lines).toHaveLength(1);
  });
});
