import { expect, test } from "vitest";
import { between, follow, key, redis, run, transcript } from "./support.ts";

transcript("expiry by every unit, and none", [
  ["SET @e v EX 100", "OK"],
  ["TTL @e", between(98, 100)],
  ["PTTL @e", between(98_000, 100_000)],
  ["PERSIST @e", 1],
  ["PERSIST @e", 0],
  ["TTL @e", -1],
  ["TTL @none", -2],
  ["PTTL @none", -2],
  ["EXPIRE @e 50", 1],
  ["EXPIRE @none 50", 0],
  ["PEXPIRE @e 60000", 1],
  ["TTL @e", between(58, 60)],
  ["EXPIREAT @e 4102444800", 1],
  ["EXPIRETIME @e", 4_102_444_800],
  ["PEXPIREAT @e 4102444800123", 1],
  ["PEXPIRETIME @e", 4_102_444_800_123],
  ["EXPIRETIME @none", -2],
  ["SETEX @e 100 v", "OK"],
  ["PSETEX @e 100000 v", "OK"],
  ["TTL @e", between(98, 100)],
  ["SETEX @e 0 v", /^ERR invalid expire time in 'setex' command$/],
  ["EXPIRE @e x", /^ERR value is not an integer or out of range$/],
]);

transcript("conditions of EXPIRE", [
  ["SET @c v", "OK"],
  ["EXPIRE @c 100 XX", 0],
  ["EXPIRE @c 100 NX", 1],
  ["EXPIRE @c 200 NX", 0],
  ["EXPIRE @c 50 GT", 0],
  ["EXPIRE @c 200 GT", 1],
  ["EXPIRE @c 300 LT", 0],
  ["EXPIRE @c 20 LT", 1],
  ["TTL @c", between(18, 20)],
]);

transcript("writing keeps or drops an expiry as Redis does", [
  ["SET @w 1 EX 100", "OK"],
  ["INCR @w", 2],
  ["APPEND @w 0", 2],
  ["TTL @w", between(98, 100)],
  ["SET @w 5 KEEPTTL", "OK"],
  ["TTL @w", between(98, 100)],
  ["RENAME @w @w2", "OK"],
  ["TTL @w2", between(98, 100)],
  ["SET @w2 6", "OK"],
  ["TTL @w2", -1],
  ["SET @w2 6 EX 100", "OK"],
  ["GETEX @w2", "6"],
  ["TTL @w2", between(98, 100)],
  ["GETEX @w2 PERSIST", "6"],
  ["TTL @w2", -1],
  ["GETEX @w2 EX 50", "6"],
  ["TTL @w2", between(48, 50)],
  ["GETSET @w2 7", "6"],
  ["TTL @w2", -1],
  ["SADD @set a", 1],
  ["EXPIRE @set 100", 1],
  ["SADD @set b", 1],
  ["TTL @set", between(98, 100)],
]);

transcript("a time in the past deletes at once", [
  ["SET @past v", "OK"],
  ["EXPIRE @past -1", 1],
  ["EXISTS @past", 0],
  ["SET @past v EXAT 1", "OK"],
  ["GET @past", null],
  ["SET @past v", "OK"],
  ["PEXPIREAT @past 1", 1],
  ["GET @past", null],
]);

test("a key is gone when its time is up, whatever its type", async () => {
  const names = ["str", "list", "set", "zset", "hash", "stream"].map((name) => `@gone:${name}`);
  await follow([
    ["SET @gone:str v", "OK"],
    ["RPUSH @gone:list v", 1],
    ["SADD @gone:set v", 1],
    ["ZADD @gone:zset 1 v", 1],
    ["HSET @gone:hash f v", 1],
    ["XADD @gone:stream 1-1 f v", "1-1"],
    ...names.map((name) => [`PEXPIRE ${name} 60`, 1] as const),
  ]);
  await expect.poll(() => run(`EXISTS ${names.join(" ")}`)).toBe(0);
  await follow([
    ["GET @gone:str", null],
    ["LLEN @gone:list", 0],
    ["SCARD @gone:set", 0],
    ["ZCARD @gone:zset", 0],
    ["HGETALL @gone:hash", []],
    ["XLEN @gone:stream", 0],
    ["SET @gone:str new NX", "OK"],
  ]);
});

test("through the client", async () => {
  const k = key("client");
  await redis.set(k, 1, { ex: 100 });
  expect(await redis.ttl(k)).toEqual(between(98, 100));
  expect(await redis.getex(k, { px: 50_000 })).toBe(1);
  expect(await redis.pttl(k)).toEqual(between(45_000, 50_000));
  expect(await redis.persist(k)).toBe(1);
  expect(await redis.expire(k, 5, "NX")).toBe(1);
});
