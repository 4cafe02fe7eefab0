import { expect, test } from "vitest";
import { anyOrder, follow, key, redis, run, transcript, WRONG_TYPE } from "./support.ts";

transcript("SET with its conditions, GET, GETSET, GETDEL", [
  ["GET @s", null],
  ["SET @s a", "OK"],
  ["GET @s", "a"],
  ["SET @s b NX", null],
  ["SET @s c XX", "OK"],
  ["SET @none c XX", null],
  ["SET @s d GET", "c"],
  ["SET @fresh d GET", null],
  ["SET @s e NX GET", "d"],
  ["GET @s", "d"],
  ["SETNX @s x", 0],
  ["SETNX @nx x", 1],
  ["GETSET @s f", "d"],
  ["GETDEL @s", "f"],
  ["GETDEL @s", null],
  ["SET @s", /^ERR wrong number of arguments for 'set' command$/],
  ["SET @s v XX NX", /^ERR syntax error$/],
  ["SET @s v EX 0", /^ERR invalid expire time in 'set' command$/],
  ["SET @s v EX x", /^ERR value is not an integer or out of range$/],
]);

transcript("several at once", [
  ["MSET @m1 1 @m2 2", "OK"],
  ["MGET @m1 @none @m2", ["1", null, "2"]],
  ["MSETNX @m2 9 @m3 9", 0],
  ["MGET @m2 @m3", ["2", null]],
  ["MSETNX @m3 3 @m4 4", 1],
  ["EXISTS @m1 @m2 @m1 @none", 3],
  ["RPUSH @list x", 1],
  ["MGET @m1 @list", ["1", null]],
  ["DEL @m1 @m2 @none", 2],
  ["UNLINK @m3 @m4 @none", 2],
  ["MSET @m1", /^ERR wrong number of arguments for 'mset' command$/],
]);

transcript("parts of strings", [
  ["APPEND @p hello", 5],
  ["APPEND @p ,you", 9],
  ["STRLEN @p", 9],
  ["STRLEN @none", 0],
  ["GETRANGE @p 0 4", "hello"],
  ["GETRANGE @p -3 -1", "you"],
  ["GETRANGE @p 20 30", ""],
  ["SETRANGE @p 6 all", 9],
  ["GET @p", "hello,all"],
  ["SUBSTR @p 0 1", "he"],
]);

transcript("counting, to the limits of 64 bits", [
  ["INCR @n", 1],
  ["INCRBY @n 41", 42],
  ["DECR @n", 41],
  ["DECRBY @n 50", -9],
  ["SET @n 9007199254740991", "OK"],
  ["INCR @n", 9007199254740992],
  ["SET @n 9223372036854775807", "OK"],
  ["INCR @n", /^ERR increment or decrement would overflow$/],
  ["GET @n", "9223372036854775807"],
  ["SET @n x", "OK"],
  ["INCR @n", /^ERR value is not an integer or out of range$/],
  ["INCRBY @n 1.5", /^ERR value is not an integer or out of range$/],
  ["RPUSH @l x", 1],
  ["INCR @l", WRONG_TYPE],
]);

transcript("counting with fractions", [
  ["INCRBYFLOAT @f 10.5", "10.5"],
  ["INCRBYFLOAT @f 0.1", "10.6"],
  ["INCRBYFLOAT @f -5", "5.6"],
  ["INCRBYFLOAT @f 0.025e1", "5.85"],
  ["INCRBYFLOAT @f x", /^ERR value is not a valid float$/],
]);

transcript("bits", [
  ["SETBIT @b 7 1", 0],
  ["SETBIT @b 7 1", 1],
  ["GETBIT @b 7", 1],
  ["GETBIT @b 100", 0],
  ["BITCOUNT @b", 1],
  ["BITPOS @b 1", 7],
  ["SETBIT @b2 0 1", 0],
  ["BITOP OR @b3 @b @b2", 1],
  ["BITCOUNT @b3", 2],
]);

transcript("keys in general", [
  ["SET @k1 v", "OK"],
  ["TYPE @k1", "string"],
  ["TYPE @none", "none"],
  ["RENAME @k1 @k2", "OK"],
  ["RENAME @k1 @k2", /^ERR no such key$/],
  ["SET @k1 w", "OK"],
  ["RENAMENX @k1 @k2", 0],
  ["COPY @k1 @k3", 1],
  ["COPY @k1 @k2", 0],
  ["COPY @k1 @k2 REPLACE", 1],
  ["MGET @k1 @k2 @k3", ["w", "w", "w"]],
  ["TOUCH @k1 @k2 @none", 2],
  ["ECHO hi", "hi"],
  ["PING", "PONG"],
  ["PING hi", "hi"],
]);

test("KEYS with a glob finds exactly what matches", async () => {
  await follow([["MSET @glob:a1 1 @glob:a2 1 @glob:b1 1", "OK"]]);
  expect(await run(`KEYS ${key("glob:a?")}`)).toEqual(anyOrder([key("glob:a1"), key("glob:a2")]));
  expect(await run(`KEYS ${key("glob:[^a]*")}`)).toEqual([key("glob:b1")]);
  expect(await run(`KEYS ${key("glob:\\*")}`)).toEqual([]);
});

test("TIME is now", async () => {
  const [seconds] = await run<[string, string]>("TIME");
  expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(5);
});

test("through the client", async () => {
  const k = key("client");
  expect(await redis.set(k, { a: [1, "two", null] })).toBe("OK");
  expect(await redis.get(k)).toEqual({ a: [1, "two", null] });
  expect(await redis.set(k, "x", { nx: true })).toBeNull();
  expect(await redis.set(k, "x", { xx: true, get: true })).toEqual({ a: [1, "two", null] });
  expect(await redis.mset({ [key("c1")]: 1, [key("c2")]: "b" })).toBe("OK");
  expect(await redis.mget(key("c1"), key("none"), key("c2"))).toEqual([1, null, "b"]);
  expect(await redis.incrby(key("c1"), 9)).toBe(10);
  expect(await redis.incrbyfloat(key("c1"), 0.5)).toBe(10.5);
  expect(await redis.getdel(k)).toBe("x");
  expect(await redis.exists(k)).toBe(0);
  expect(await redis.type(key("c1"))).toBe("string");
});
