import { expect, test } from "vitest";
import { key, redis, transcript, WRONG_TYPE } from "./support.ts";

transcript("pushing, popping, reading", [
  ["RPUSH @l b c", 2],
  ["LPUSH @l a", 3],
  ["LRANGE @l 0 -1", ["a", "b", "c"]],
  ["LRANGE @l -2 -1", ["b", "c"]],
  ["LRANGE @l 5 9", []],
  ["LLEN @l", 3],
  ["LINDEX @l 1", "b"],
  ["LINDEX @l 9", null],
  ["LPOP @l", "a"],
  ["RPOP @l 5", ["c", "b"]],
  ["LPOP @l", null],
  ["LPOP @l 2", null],
  ["EXISTS @l", 0],
  ["LPUSHX @l x", 0],
  ["RPUSHX @l x", 0],
]);

transcript("changing in the middle", [
  ["RPUSH @m a b a c a", 5],
  ["LSET @m 1 B", "OK"],
  ["LSET @m 9 x", /^ERR index out of range$/],
  ["LSET @none 0 x", /^ERR no such key$/],
  ["LINSERT @m BEFORE c X", 6],
  ["LINSERT @m AFTER none X", -1],
  ["LREM @m 2 a", 2],
  ["LRANGE @m 0 -1", ["B", "X", "c", "a"]],
  ["LREM @m -1 a", 1],
  ["LPOS @m c", 2],
  ["LPOS @m none", null],
  ["LTRIM @m 0 1", "OK"],
  ["LRANGE @m 0 -1", ["B", "X"]],
  ["LTRIM @m 5 9", "OK"],
  ["EXISTS @m", 0],
]);

transcript("from one list to another", [
  ["RPUSH @from a b c", 3],
  ["LMOVE @from @to LEFT RIGHT", "a"],
  ["RPOPLPUSH @from @to", "c"],
  ["LRANGE @to 0 -1", ["c", "a"]],
  ["LMOVE @none @to LEFT LEFT", null],
  ["LMPOP 2 @none @to LEFT COUNT 5", [key("to"), ["c", "a"]]],
  ["LMPOP 1 @none LEFT", null],
  ["SET @s v", "OK"],
  ["LPUSH @s v", WRONG_TYPE],
]);

test("through the client", async () => {
  const k = key("client");
  expect(await redis.rpush<unknown>(k, { id: 1 }, "two", 3)).toBe(3);
  expect(await redis.lrange(k, 0, -1)).toEqual([{ id: 1 }, "two", 3]);
  expect(await redis.lpop(k)).toEqual({ id: 1 });
  expect(await redis.ltrim(k, 0, 0)).toBe("OK");
  expect(await redis.llen(k)).toBe(1);
});
