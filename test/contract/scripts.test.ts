import { createHash } from "node:crypto";
import { Redis as WorkersRedis } from "@upstash/redis/cloudflare";
import { expect, test } from "vitest";
import { key, redis, run, send, token, transcript, url } from "./support.ts";

const FLAG = "#!lua flags=allow-key-locking\n";
const sha1 = (text: string) => createHash("sha1").update(text).digest("hex");
/** A text that no other file, and no earlier run, has loaded. */
const unique = (body: string) => `-- ${crypto.randomUUID()}\n${body}`;

transcript("KEYS, ARGV and every kind of answer", [
  [
    ["EVAL", "return {KEYS[1], ARGV[1], ARGV[2]}", 1, "@k", "a", "b"],
    [key("k"), "a", "b"],
  ],
  [["EVAL", "return 3.99", 0], 3],
  [["EVAL", "return -1", 0], -1],
  [["EVAL", "return true", 0], 1],
  [["EVAL", "return false", 0], null],
  [["EVAL", "return nil", 0], null],
  [["EVAL", "return 'text'", 0], "text"],
  [
    ["EVAL", "return {1, {2, 'x', false}, nil, 4}", 0],
    [1, [2, "x", null]],
  ],
  [["EVAL", "return {ok = 'FINE'}", 0], "FINE"],
  [["EVAL", "return redis.status_reply('FINE')", 0], "FINE"],
  [["EVAL", "return redis.error_reply('MINE broke')", 0], /^MINE broke$/],
  [["EVAL", "return {}", 0], []],
  [["EVAL", "return tostring(#KEYS) .. tostring(#ARGV)", 0], "00"],
]);

transcript("calling Redis", [
  [["EVAL", "return redis.call('SET', KEYS[1], ARGV[1])", 1, "@s", "v"], "OK"],
  [["EVAL", "return redis.call('GET', KEYS[1])", 1, "@s"], "v"],
  [["EVAL", "return redis.call('GET', KEYS[1])", 1, "@none"], null],
  [["EVAL", "if not redis.call('GET', KEYS[1]) then return 'missing' end", 1, "@none"], "missing"],
  [["EVAL", "return redis.call('INCRBY', KEYS[1], 5) + 1", 1, "@n"], 6],
  [["EVAL", "return redis.call('HGETALL', KEYS[1])", 1, "@none"], []],
  [
    ["EVAL", "redis.call('HSET', KEYS[1], 'a', 1, 'b', 2) return redis.call('HGETALL', KEYS[1])", 1, "@h"],
    ["a", "1", "b", "2"],
  ],
  [
    ["EVAL", "redis.call('ZADD', KEYS[1], 1.5, 'm') return redis.call('ZSCORE', KEYS[1], 'm')", 1, "@z"],
    "1.5",
  ],
  [["EVAL", "return redis.call('XADD', KEYS[1], '5-0', 'f', 'v')", 1, "@x"], "5-0"],
  [["EVAL", "return redis.call('LPUSH', KEYS[1], 'v')", 1, "@s"], /WRONGTYPE/],
  [["EVAL", "return redis.pcall('LPUSH', KEYS[1], 'v').err ~= nil", 1, "@s"], 1],
  [["EVAL", "return redis.call('NOSUCH')", 0], /Unknown Redis command/],
  [["EVAL", "local t = redis.call('TIME') return #t", 0], 2],
  [["EVAL_RO", "return redis.call('GET', KEYS[1])", 1, "@s"], "v"],
  [["EVAL_RO", "return redis.call('SET', KEYS[1], 'x')", 1, "@s"], /Write commands are not allowed/],
]);

transcript("libraries", [
  [["EVAL", "return cjson.encode({a = {1, 2}})", 0], '{"a":[1,2]}'],
  [["EVAL", "return cjson.decode(ARGV[1]).b[2]", 0, '{"b":[1,"two"]}'], "two"],
  [["EVAL", "return cmsgpack.unpack(cmsgpack.pack({7, 8}))[2]", 0], 8],
  [["EVAL", "return redis.sha1hex('')", 0], "da39a3ee5e6b4b0d3255bfef95601890afd80709"],
  [["EVAL", "return math.floor(7 / 2)", 0], 3],
  [["EVAL", "return string.format('%05.1f', 3.14159)", 0], "003.1"],
  [["EVAL", "return table.concat({unpack(ARGV)}, '-')", 0, "a", "b"], "a-b"],
  [["EVAL", "return bit.band(12, 10)", 0], 8],
]);

transcript("mistakes", [
  [["EVAL", "return (", 0], /^ERR .*user_script:1: unexpected symbol/],
  [["EVAL", "error('boom')", 0], /boom/],
  [["EVAL", "return nosuch.field", 0], /nosuch/],
  [["EVAL", "x = 1", 0], /^ERR .*:1:/],
  [["EVAL", "return 1", -1], /^ERR /],
  [["EVAL", "return 1", 2, "@a"], /^ERR Number of keys can't be greater than number of args$/],
  [["EVAL", "return 1"], /^ERR wrong number of arguments for 'eval' command$/],
]);

test("a script runs by its SHA once it was loaded", async () => {
  const text = unique("return ARGV[1]");
  expect(await send(["EVALSHA", sha1(text), 0])).toEqual({
    error: "NOSCRIPT No matching script. Please use EVAL.",
  });
  expect(await run(["SCRIPT", "EXISTS", sha1(text)])).toEqual([0]);
  expect(await run(["SCRIPT", "LOAD", text])).toBe(sha1(text));
  expect(await run(["SCRIPT", "EXISTS", sha1(text)])).toEqual([1]);
  expect(await run(["EVALSHA", sha1(text), 0, "x"])).toBe("x");
  expect(await run(["EVALSHA_RO", sha1(text), 0, "x"])).toBe("x");
});

test("with Upstash's flag: the same, by the SHA of the text as it was sent", async () => {
  for (const load of [["SCRIPT", "LOAD"], ["EVAL"]]) {
    const text = FLAG + unique("return redis.call('INCRBY', KEYS[1], ARGV[1])");
    const k = `@flag:${load[0]}`;
    expect(await send(["EVALSHA", sha1(text), 1, k, 1])).toEqual({
      error: "NOSCRIPT No matching script. Please use EVAL.",
    });
    const loaded = await run([...load, text, ...(load[0] === "EVAL" ? [1, k, 0] : [])]);
    expect(loaded).toBe(load[0] === "EVAL" ? 0 : sha1(text));
    expect(await run(["EVALSHA", sha1(text), 1, k, 41])).toBe(41);
    // EVAL brings it to the node of its key alone; on a Cluster it exists when all nodes have it.
    await run(["SCRIPT", "LOAD", text]);
    expect(await run(["SCRIPT", "EXISTS", sha1(text)])).toEqual([1]);
  }
});

test("line numbers of errors count the flag's line", async () => {
  const { error } = await send(["EVAL", `${FLAG}\n\nerror('here')`, 0]);
  expect(error).toMatch(/:4: here/);
});

test("a script is one step: no other command runs inside it", async () => {
  const script = `
    local seen = redis.call('GET', KEYS[1])
    for i = 1, 1000 do redis.call('INCR', KEYS[1]) end
    return redis.call('GET', KEYS[1]) - (seen or 0)`;
  const results = await Promise.all(
    Array.from({ length: 20 }, () => run<number>(["EVAL", script, 1, "@atomic"])),
  );
  expect(new Set(results)).toEqual(new Set([1000]));
  expect(await run("GET @atomic")).toBe("20000");
});

test("the client's Script uses the SHA, and sends the text when it must", async () => {
  const text = FLAG + unique("return {KEYS[1], ARGV[1], tonumber(ARGV[2])}");
  for (const client of [redis, new WorkersRedis({ url, token, retry: { retries: 0 } })]) {
    const script = client.createScript<[string, string, number]>(text);
    expect(await script.exec([key("k")], ["a", "7"])).toEqual([key("k"), "a", 7]);
    expect(await script.evalsha([key("k")], ["a", "7"])).toEqual([key("k"), "a", 7]);
  }
});
