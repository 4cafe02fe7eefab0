import { expect, test } from "vitest";
import { anyOrder, key, redis, run, transcript, WRONG_TYPE } from "./support.ts";

transcript("fields one by one and several at once", [
  ["HSET @h a 1 b 2", 2],
  ["HSET @h b 3 c 4", 1],
  ["HGET @h a", "1"],
  ["HGET @h none", null],
  ["HGET @none a", null],
  ["HMGET @h a none c", ["1", null, "4"]],
  ["HMSET @h d 5", "OK"],
  ["HGETALL @h", ["a", "1", "b", "3", "c", "4", "d", "5"]],
  ["HGETALL @none", []],
  ["HKEYS @h", ["a", "b", "c", "d"]],
  ["HVALS @h", ["1", "3", "4", "5"]],
  ["HLEN @h", 4],
  ["HEXISTS @h a", 1],
  ["HEXISTS @h none", 0],
  ["HSTRLEN @h a", 1],
  ["HSETNX @h a 9", 0],
  ["HSETNX @h e 6", 1],
  ["HDEL @h a b none", 2],
  ["HSET @h odd", /^ERR wrong number of arguments for 'hset' command$/],
]);

transcript("counting", [
  ["HINCRBY @n f 5", 5],
  ["HINCRBY @n f -7", -2],
  ["HINCRBYFLOAT @n g 1.5", "1.5"],
  ["HINCRBYFLOAT @n f 0.5", "-1.5"],
  ["HSET @n f x", 0],
  ["HINCRBY @n f 1", /^ERR hash value is not an integer$/],
  ["HINCRBYFLOAT @n f 1", /^ERR hash value is not a float$/],
]);

transcript("a hash whose last field goes is gone", [
  ["HSET @gone a 1", 1],
  ["HDEL @gone a", 1],
  ["EXISTS @gone", 0],
  ["SET @s v", "OK"],
  ["HGET @s a", WRONG_TYPE],
]);

test("HRANDFIELD", async () => {
  await run("HSET @r a 1 b 2");
  expect(await run("HRANDFIELD @r 10")).toEqual(anyOrder(["a", "b"]));
  expect(await run("HRANDFIELD @r -5")).toHaveLength(5);
  expect(await run("HRANDFIELD @none")).toBeNull();
});

test("through the client", async () => {
  const k = key("client");
  expect(await redis.hset(k, { name: "Ada", age: 36, tags: ["x", "y"] })).toBe(3);
  expect(await redis.hgetall(k)).toEqual({ name: "Ada", age: 36, tags: ["x", "y"] });
  expect(await redis.hget(k, "name")).toBe("Ada");
  expect(await redis.hmget(k, "age", "none")).toEqual({ age: 36, none: null });
  expect(await redis.hincrby(k, "age", 1)).toBe(37);
  expect(await redis.hgetall(key("none"))).toBeNull();
});
