import { expect, test } from "vitest";
import { anyOrder, key, redis, run, transcript, WRONG_TYPE } from "./support.ts";

transcript("members", [
  ["SADD @s a b c", 3],
  ["SADD @s c d", 1],
  ["SCARD @s", 4],
  ["SISMEMBER @s a", 1],
  ["SISMEMBER @s x", 0],
  ["SMISMEMBER @s a x b", [1, 0, 1]],
  ["SMEMBERS @s", anyOrder(["a", "b", "c", "d"])],
  ["SMEMBERS @none", []],
  ["SREM @s a x", 1],
  ["SMOVE @s @s2 b", 1],
  ["SMOVE @s @s2 none", 0],
  ["SMEMBERS @s", anyOrder(["c", "d"])],
  ["SET @str v", "OK"],
  ["SADD @str v", WRONG_TYPE],
]);

transcript("combined", [
  ["SADD @x a b c d", 4],
  ["SADD @y c d e", 3],
  ["SADD @z d", 1],
  ["SINTER @x @y", anyOrder(["c", "d"])],
  ["SINTER @x @y @z", ["d"]],
  ["SINTER @x @none", []],
  ["SINTERCARD 2 @x @y", 2],
  ["SINTERCARD 2 @x @y LIMIT 1", 1],
  ["SUNION @x @y", anyOrder(["a", "b", "c", "d", "e"])],
  ["SDIFF @x @y", anyOrder(["a", "b"])],
  ["SINTERSTORE @o @x @y", 2],
  ["SUNIONSTORE @o @x @y", 5],
  ["SDIFFSTORE @o @x @y", 2],
  ["SMEMBERS @o", anyOrder(["a", "b"])],
  ["SINTERSTORE @o @x @none", 0],
  ["EXISTS @o", 0],
]);

test("by chance", async () => {
  await run("SADD @r a b c");
  expect(await run("SRANDMEMBER @r 10")).toEqual(anyOrder(["a", "b", "c"]));
  expect(await run("SRANDMEMBER @r -7")).toHaveLength(7);
  expect(["a", "b", "c"]).toContain(await run("SRANDMEMBER @r"));
  expect(await run("SPOP @r 2")).toHaveLength(2);
  expect(await run("SCARD @r")).toBe(1);
  expect(["a", "b", "c"]).toContain(await run("SPOP @r"));
  expect(await run("SPOP @r")).toBeNull();
});

test("through the client", async () => {
  const k = key("client");
  expect(await redis.sadd<unknown>(k, "a", 1, { b: 2 })).toBe(3);
  expect(await redis.smembers(k)).toEqual(expect.arrayContaining(["a", 1, { b: 2 }]));
  expect(await redis.sismember(k, "a")).toBe(1);
  expect(await redis.smismember(k, ["a", "none"])).toEqual([1, 0]);
});
