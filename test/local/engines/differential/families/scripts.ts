// Lua scripts: many inner commands, conversions both ways, errors, libraries.

import { createHash } from "node:crypto";
import type { Random } from "../random.ts";
import { command } from "../steps.ts";
import type { Step } from "../steps.ts";
import { keyOf, score, value } from "../values.ts";

const COUNTED = `
local total = 0
for i = 1, tonumber(ARGV[1]) do
  total = redis.call('INCRBY', KEYS[1], i)
  redis.call('RPUSH', KEYS[2], total)
  redis.call('LTRIM', KEYS[2], -5, -1)
end
return {total, redis.call('LRANGE', KEYS[2], 0, -1)}`;

const WINDOW = `
local now, window, limit = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local used = redis.call('ZCARD', KEYS[1])
if used >= limit then return {0, used} end
redis.call('ZADD', KEYS[1], now, ARGV[4])
redis.call('PEXPIREAT', KEYS[1], 4102444800000)
return {1, used + 1, redis.call('ZCOUNT', KEYS[1], '(' .. (now - window), '+inf')}`;

/** Scripts that take no keys, each for one conversion, library or error. */
const PURE = [
  "return 1",
  "return 3.99",
  "return -3.99",
  "return 'text'",
  "return nil",
  "return true",
  "return false",
  "return {1, 2, nil, 4}",
  "return {1, {2, {3, 'x'}}, {ok = 'FINE'}}",
  "return {ok = 'FINE'}",
  "return {err = 'MY own error'}",
  "return redis.status_reply('GOOD')",
  "return redis.error_reply('MY error')",
  "return redis.error_reply('lower case')",
  "return {}",
  "return {a = 1}",
  "return ''",
  "return 9007199254740991",
  "return tostring(1e15) .. ' ' .. tostring(0.1) .. ' ' .. tostring(2^53)",
  "return #ARGV",
  "return string.format('%d %s %.3f', 7, 'x', 1.5)",
  "return cjson.encode({a = 1, b = {true, false, cjson.null}})",
  'return cjson.decode(\'{"a":[1,2,{"b":"c"}]}\').a[3].b',
  "return cjson.encode(cjson.decode('[1, 1.5, -2, \"x\", null, true, {}]'))",
  "return cjson.encode({1, 2, 3, 'é', '\"'})",
  "return cjson.decode('nonsense')",
  "return cmsgpack.unpack(cmsgpack.pack({1, 'a', {2}}))",
  "return cmsgpack.pack({1, 'a', true})",
  "return redis.sha1hex('x')",
  "return {bit.band(12, 10), bit.bor(12, 10), bit.tohex(255)}",
  "return struct.pack('>I2', 258)",
  "return redis.call('PING')",
  "return redis.call('ECHO', 'x')",
  "return type(redis.call('TIME')[1])",
  "return redis.call('NOPE')",
  "return redis.pcall('NOPE').err",
  "return redis.call('GET')",
  "return redis.call('SUBSCRIBE', 'x')",
  "return redis.call()",
  "\n\nlocal x = 1\nredis.call('NOPE')",
  "\nredis.call('SET', 'k', {})",
  "local ok, thrown = pcall(redis.call, 'NOPE') return {tostring(ok), type(thrown)}",
  "local ok, thrown = pcall(function() error('mine') end) return thrown",
  "return redis.call('ECHO', 2^53 - 1)",
  "return redis.call('ECHO', 0.1)",
  "return redis.call('ECHO', 1e300)",
  "return redis.call('ECHO', -7)",
  "return {tostring(2^53 - 1), 2^53 - 1 .. ''}",
  "redis.x = 1",
  "local ok, thrown = pcall(error, {err = 'MY own'}) return {tostring(ok), thrown.err}",
  "local function f() error('from below', 2) end\n\nf()",
  "error('plain', 0)",
  "local t\nreturn t.x",
  "(function() end)() return 'begins with a bracket'",
  "return redis.call('SET', 'k', {})",
  "error('thrown')",
  "error({err = 'MY table'})",
  "return nothing",
  "undeclared = 1",
  "return (",
  "return math.floor(3.7) + math.max(1, 5)",
  "local t = {} for i = 1, 100 do t[i] = i end return #t",
  "return select('#', unpack({1, 2, 3}))",
  "return tonumber('0x10')",
  "return string.rep('ab', 3):upper():sub(2, 4)",
  "return redis.REPLY_VERSION or redis.LOG_WARNING",
];

export function scripts(random: Random): Step {
  const key = (): string => keyOf("scripts", random.integer(0, 4));
  const other = (): string => keyOf("scripts", `list${random.integer(0, 1)}`);
  const onKey = (script: string, ...words: (string | number | Buffer)[]) =>
    command("EVAL", script, 1, key(), ...words);
  return random.pick<() => Step>([
    ...Array.from({ length: 12 }, () => () => command("EVAL", random.pick(PURE), 0)),
    () => command("EVAL", COUNTED, 2, key(), other(), random.integer(1, 20)),
    () =>
      command(
        "EVAL",
        WINDOW,
        1,
        keyOf("scripts", "window"),
        random.integer(1000, 1100),
        30,
        5,
        random.integer(0, 9),
      ),
    () =>
      command(
        "EVAL",
        WINDOW,
        1,
        keyOf("scripts", "window"),
        random.integer(1000, 1100),
        30,
        5,
        random.integer(0, 9),
      ),
    () => onKey("return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', 100000000)", value(random)),
    () => onKey("return redis.call('SET', KEYS[1], ARGV[1])", value(random)),
    () => onKey("return redis.call('GET', KEYS[1])"),
    () =>
      onKey(
        "return {redis.call('EXISTS', KEYS[1]), redis.call('TYPE', KEYS[1]), redis.call('TYPE', KEYS[1]).ok}",
      ),
    () => onKey("return redis.pcall('LPUSH', KEYS[1], 'x')"),
    () => onKey("redis.call('LPUSH', KEYS[1], 'x') return redis.call('INCR', KEYS[1])"),
    () =>
      onKey("local r = redis.pcall('INCR', KEYS[1]) if type(r) == 'table' then return r.err end return r"),
    () => onKey("return redis.call('ZADD', KEYS[1], ARGV[1], 'm')", score(random)),
    () => onKey("return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '+inf', 'WITHSCORES', 'LIMIT', 0, 3)"),
    () => onKey("return redis.call('HGETALL', KEYS[1])"),
    () => onKey("return redis.call('HSET', KEYS[1], 'a', ARGV[1], 'b', '2')", value(random)),
    () => onKey("return redis.call('HMGET', KEYS[1], 'a', 'missing')"),
    () => onKey("return redis.call('DEL', KEYS[1])"),
    () => onKey("return redis.call('PEXPIRE', KEYS[1], 100000000)"),
    () => onKey("return redis.call('EXPIRE', KEYS[1], 100000)"),
    () =>
      onKey(
        "return redis.call('XADD', KEYS[1], 'MAXLEN', '=', '3', ARGV[1], 'f', 'v')",
        `${random.integer(1, 99)}-1`,
      ),
    () => onKey("return redis.call('XRANGE', KEYS[1], '-', '+')"),
    () => onKey("return redis.call('INCRBY', KEYS[1], '9007199254740990')"),
    () => onKey("return redis.call('INCRBYFLOAT', KEYS[1], '0.1')"),
    () => onKey("return {KEYS[1], ARGV[1], #ARGV[1]}", value(random)),
    () => command("EVAL", "return {KEYS[1], KEYS[2], ARGV[1]}", 2, key(), key(), "arg"),
    () => command("EVAL", "return 1", random.pick(["-1", "x", "3"])),
    () => command("EVAL_RO", "return redis.call('SET', KEYS[1], 'x')", 1, key()),
    () => command("EVAL_RO", "return redis.call('EXISTS', KEYS[1])", 1, key()),
    () => command("EVALSHA", "ffffffffffffffffffffffffffffffffffffffff", 0),
    () => command("SCRIPT", "LOAD", "return 'loaded'"),
    () => command("SCRIPT", "EXISTS", "ffffffffffffffffffffffffffffffffffffffff"),
    () => command("EVAL", "return 'loaded too'", 0),
    () => command("EVALSHA", createHash("sha1").update("return 'never loaded'").digest("hex"), 0),
  ])();
}
