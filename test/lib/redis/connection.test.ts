import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createBreaker, createConnection, type Redis, type Script } from "../../../lib/redis/index.ts";
import { createHash } from "node:crypto";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../support/redis.ts";

let target: TestRedis;
let proxy: FaultProxy;
beforeAll(async () => {
  target = await startRedis();
  proxy = await startFaultProxy(target.url);
});
afterEach(() => {
  proxy.mode = "pass";
  proxy.reset();
});
afterAll(async () => {
  await proxy.close();
  await target.close();
});

/** A connection that never opens its breaker, unless that is what the test is about. */
function connect(options: { timeoutMs?: number; breaker?: ReturnType<typeof createBreaker> } = {}) {
  const breaker = options.breaker ?? createBreaker({ failures: Infinity });
  return createConnection({ url: proxy.url, token: target.token, timeoutMs: 5_000, ...options, breaker });
}
const key = (name: string) => `${target.prefix}${name}`;
const get = (redis: Redis, name: string) => redis.send<string | null>((p) => p.get(key(name)));
const set = (redis: Redis, name: string, value: string) => redis.send((p) => p.set(key(name), value));

const script = (lua: string): Script => ({
  name: "test",
  lua,
  sha1: createHash("sha1").update(lua).digest("hex"),
  commands: 3,
});

describe("what is sent in the same tick", () => {
  test("is one request, in the order it was sent, reads and writes mixed", async () => {
    const redis = connect().open();
    const [, one, , two] = await Promise.all([
      set(redis, "a", "1"),
      get(redis, "a"),
      set(redis, "a", "2"),
      get(redis, "a"),
    ]);
    expect([one, two]).toEqual(["1", "2"]);
    expect(proxy.requests).toBe(1);
    expect(redis.meter).toMatchObject({ trips: 1, requests: 1, commands: 4 });
  });

  test("is one request also when a few async functions lie in between", async () => {
    const redis = connect().open();
    const behind = async (layers: number) => {
      for (let i = 0; i < layers; i += 1) await Promise.resolve();
      return get(redis, "deep");
    };
    await Promise.all([get(redis, "shallow"), behind(5), behind(30)]);
    expect(proxy.requests).toBe(1);
  });

  test("of two requests goes out as two: what they wait for is their own", async () => {
    const connection = connect();
    await Promise.all([get(connection.open(), "a"), get(connection.open(), "b")]);
    expect(proxy.requests).toBe(2);
  });

  test("what waits for an answer before is another trip", async () => {
    const redis = connect().open();
    await get(redis, "a");
    await get(redis, "b");
    expect(redis.meter).toMatchObject({ trips: 2, requests: 2, commands: 2 });
  });

  test("one command that Redis refuses does not touch the others", async () => {
    const redis = connect().open();
    await set(redis, "text", "x");
    const [first, refused, last] = await Promise.allSettled([
      get(redis, "text"),
      redis.send((p) => p.lpush(key("text"), "secret-value")),
      get(redis, "text"),
    ]);
    expect([first, last]).toEqual([
      { status: "fulfilled", value: "x" },
      { status: "fulfilled", value: "x" },
    ]);
    expect(refused).toMatchObject({ reason: { name: "RedisCommandError", code: "WRONGTYPE" } });
  });
});

const answering = (error: string) => `return redis.error_reply('${error}')`;

describe("an error that Redis answers", () => {
  test.each([
    "READONLY You can't write against a read only replica.",
    "LOADING Redis is loading the dataset in memory",
    "BUSY Redis is busy running a script.",
    "OOM command not allowed when used memory > maxmemory.",
    "ERR max daily request limit exceeded. Limit: 10000, Usage: 10000",
  ])("%s: it cannot serve now", async (error) => {
    const redis = connect().open();
    await expect(redis.send((p) => p.eval(answering(error.replace("'", "")), [], []))).rejects.toMatchObject({
      name: "RedisUnavailableError",
      reason: "refused",
    });
  });

  test.each(["WRONGTYPE Operation against a key", "ERR value is not an integer", "CROSSSLOT Keys"])(
    "%s: the command is wrong",
    async (error) => {
      const redis = connect().open();
      await expect(redis.send((p) => p.eval(answering(error), [], []))).rejects.toMatchObject({
        name: "RedisCommandError",
        code: error.split(" ")[0],
      });
    },
  );
});

test("a string stays that string, whatever it looks like", async () => {
  const redis = connect().open();
  for (const value of ["007", "true", "null", '"x"', "[1]", "1e5", "", "🪴", "12345678901234567890"]) {
    await set(redis, "string", value);
    expect(await get(redis, "string")).toBe(value);
  }
});

describe("what a request has cost", () => {
  test("is told as Server-Timing", async () => {
    const redis = connect().open();
    expect(redis.meter.serverTiming()).toBe('redis;dur=0.0;desc="trips=0 commands=0"');
    await Promise.all([get(redis, "a"), get(redis, "b")]);
    expect(redis.meter.serverTiming()).toMatch(/^redis;dur=\d+\.\d;desc="trips=1 commands=2"$/);
    expect(redis.meter.durationMs).toBeGreaterThanOrEqual(0);
  });
});

describe("scripts", () => {
  const text = "redis.call('SET', KEYS[1], ARGV[1]) return redis.call('GET', KEYS[1])";
  test("go by their SHA, and whole only where Redis does not know them", async () => {
    const redis = connect().open();
    const fresh = script(`${text} -- ${target.prefix}`);
    expect(await redis.run(fresh, [key("script")], ["1"])).toBe("1");
    expect(await redis.run(fresh, [key("script")], [2])).toBe("2");
    const sent = proxy.seen.map(({ commands }) => commands[0]?.[0]?.toLowerCase());
    expect(sent).toEqual(["evalsha", "eval", "evalsha"]);
  });

  test("share a request with commands, and cost what they say", async () => {
    const known = script(text);
    await connect()
      .open()
      .run(known, [key("script")], ["0"]);
    proxy.reset();
    const redis = connect().open();
    await Promise.all([get(redis, "a"), redis.run(known, [key("script")], ["1"])]);
    expect(proxy.requests).toBe(1);
    expect(redis.meter.commands).toBe(4);
  });

  test("cost what they were billed as, where their reply tells", async () => {
    const known: Script = { ...script(text), billed: (reply) => (reply === "short" ? 2 : 3) };
    const redis = connect().open();
    await redis.run(known, [key("script")], ["0"]);
    const before = redis.meter.commands;
    await redis.run(known, [key("script")], ["short"]);
    await redis.run(known, [key("script")], ["long"]);
    expect(redis.meter.commands - before).toBe(5);
  });
});

describe("a Redis that does not answer as it should", () => {
  test.each([
    ["refuse", "network"],
    ["hang", "timeout"],
    ["status500", "http"],
    ["garbage", "protocol"],
  ] as const)("%s: rejects within its time as %s", async (mode, reason) => {
    proxy.mode = mode;
    const redis = connect({ timeoutMs: 200 }).open();
    const started = Date.now();
    await expect(set(redis, "a", "1")).rejects.toMatchObject({ name: "RedisUnavailableError", reason });
    expect(Date.now() - started).toBeLessThan(1_000);
  });

  test("a wrong token is a Redis that cannot be asked", async () => {
    const redis = createConnection({ url: target.url, token: "wrong" }).open();
    await expect(get(redis, "a")).rejects.toMatchObject({ name: "RedisUnavailableError", reason: "http" });
  });

  test("a read is tried once more, a write never: it may have come to pass", async () => {
    proxy.mode = "dropResponse";
    const redis = connect().open();
    await expect(get(redis, "once-more")).rejects.toMatchObject({ reason: "network" });
    expect(proxy.requests).toBe(2);
    proxy.reset();
    await expect(redis.send((p) => p.incr(key("count")))).rejects.toMatchObject({ reason: "network" });
    proxy.mode = "pass";
    expect(await get(redis, "count")).toBe("1");
    proxy.reset();
    proxy.mode = "dropResponse";
    await expect(Promise.all([get(redis, "count"), set(redis, "count", "9")])).rejects.toMatchObject({
      reason: "network",
    });
    expect(proxy.requests).toBe(1);
  });

  test("what took too long, or was answered wrong, is not tried again", async () => {
    const redis = connect({ timeoutMs: 200 }).open();
    for (const mode of ["hang", "status500", "garbage"] as const) {
      proxy.mode = mode;
      proxy.reset();
      await expect(get(redis, "once")).rejects.toMatchObject({ name: "RedisUnavailableError" });
      expect(proxy.requests).toBe(1);
    }
  });

  test("a connection lost once does not fail a read", async () => {
    await set(connect().open(), "kept", "x");
    const lostOnce = createBreaker();
    const failed = () => {
      proxy.mode = "pass";
    };
    proxy.mode = "dropResponse";
    expect(await get(connect({ breaker: { ...lostOnce, failed } }).open(), "kept")).toBe("x");
  });

  test("no value, key or token stands in any error", async () => {
    const redis = connect({ timeoutMs: 200 }).open();
    await set(redis, "secret-key", "x");
    const errors: unknown[] = [];
    const note = (error: unknown) => errors.push(error);
    for (const mode of ["pass", "refuse", "hang", "status500", "garbage", "dropResponse"] as const) {
      proxy.mode = mode;
      await redis.send((p) => p.lpush(key("secret-key"), "secret-value")).catch(note);
      await redis
        .send((p) => p.eval("return redis.error_reply('ERR ' .. ARGV[1])", [], ["secret-value"]))
        .catch(note);
    }
    expect(errors).toHaveLength(12);
    const told = errors.map((error) => inspect(error, { depth: 10, showHidden: true })).join("\n");
    expect(told).not.toMatch(/secret/);
    expect(told).not.toContain(target.token);
  });
});

describe("the breaker", () => {
  test("after three failures requests fail at once; when Redis is back one finds out and the rest follow", async () => {
    let at = 0;
    const breaker = createBreaker({ now: () => at });
    const connection = connect({ timeoutMs: 100, breaker });
    proxy.mode = "status500";
    for (let i = 0; i < 3; i += 1) await get(connection.open(), "a").catch(() => undefined);
    expect(proxy.requests).toBe(3);
    const redis = connection.open();
    await expect(get(redis, "a")).rejects.toMatchObject({ reason: "breaker-open" });
    await expect(redis.run(script("return 1"), [], [])).rejects.toMatchObject({ reason: "breaker-open" });
    expect(proxy.requests).toBe(3);
    expect(redis.meter).toMatchObject({ trips: 0, commands: 0 });
    proxy.mode = "pass";
    await expect(get(connection.open(), "a")).rejects.toMatchObject({ reason: "breaker-open" });
    at += 1_000;
    expect(await get(connection.open(), "back")).toBeNull();
    expect(await get(connection.open(), "back")).toBeNull();
  });

  test("a command that Redis refuses is no failure of Redis", async () => {
    const breaker = createBreaker({ failures: 1 });
    const redis = connect({ breaker }).open();
    await set(redis, "text2", "x");
    await redis.send((p) => p.lpush(key("text2"), "y")).catch(() => undefined);
    expect(await get(redis, "text2")).toBe("x");
  });
});
