import { expect, test } from "vitest";
import { anyOrder, key, redis, run, transcript, WRONG_TYPE } from "./support.ts";

transcript("ZADD with its conditions", [
  ["ZADD @z 1 a 2 b 3 c", 3],
  ["ZADD @z 5 a", 0],
  ["ZADD @z CH 6 a 7 d", 2],
  ["ZADD @z NX 9 a", 0],
  ["ZADD @z XX 9 new", 0],
  ["ZADD @z GT CH 1 a", 0],
  ["ZADD @z GT CH 8 a", 1],
  ["ZADD @z LT CH 7.5 a", 1],
  ["ZADD @z INCR 0.5 a", "8"],
  ["ZADD @z NX INCR 1 a", null],
  ["ZSCORE @z a", "8"],
  ["ZSCORE @z none", null],
  ["ZMSCORE @z a none b", ["8", null, "2"]],
  ["ZINCRBY @z -2.25 a", "5.75"],
  ["ZCARD @z", 4],
  ["ZADD @z NX GT 1 a", /^ERR GT, LT, and\/or NX options at the same time are not compatible$/],
  ["ZADD @z x a", /^ERR value is not a valid float$/],
  ["SET @s v", "OK"],
  ["ZADD @s 1 a", WRONG_TYPE],
]);

transcript("ranges by rank, score and name", [
  ["ZADD @r 1 a 2 b 2 bb 3 c 4 d", 5],
  ["ZRANGE @r 0 -1", ["a", "b", "bb", "c", "d"]],
  ["ZRANGE @r 0 1 WITHSCORES", ["a", "1", "b", "2"]],
  ["ZRANGE @r 0 1 REV", ["d", "c"]],
  ["ZRANGE @r 2 (4 BYSCORE", ["b", "bb", "c"]],
  ["ZRANGE @r +inf -inf BYSCORE REV LIMIT 1 2", ["c", "bb"]],
  ["ZRANGE @r - + BYLEX LIMIT 0 1", ["a"]],
  ["ZREVRANGE @r 0 0 WITHSCORES", ["d", "4"]],
  ["ZRANGEBYSCORE @r -inf 2 WITHSCORES LIMIT 0 2", ["a", "1", "b", "2"]],
  ["ZREVRANGEBYSCORE @r 3 (1", ["c", "bb", "b"]],
  ["ZCOUNT @r (1 3", 3],
  ["ZRANGESTORE @out @r 0 1", 2],
  ["ZRANGE @out 0 -1", ["a", "b"]],
  ["ZADD @lex 0 a 0 b 0 c", 3],
  ["ZRANGEBYLEX @lex [b +", ["b", "c"]],
  ["ZLEXCOUNT @lex - (c", 2],
  ["ZRANGE @none 0 -1", []],
]);

transcript("ranks, equal scores by name", [
  ["ZADD @k 1 a 2 b 2 bb 3 c", 4],
  ["ZRANK @k bb", 2],
  ["ZREVRANK @k bb", 1],
  ["ZREVRANK @k c", 0],
  ["ZRANK @k none", null],
  ["ZRANK @none a", null],
]);

transcript("taking away", [
  ["ZADD @d 1 a 2 b 3 c 4 d 5 e 6 f", 6],
  ["ZREM @d a none", 1],
  ["ZPOPMIN @d", ["b", "2"]],
  ["ZPOPMAX @d 2", ["f", "6", "e", "5"]],
  ["ZREMRANGEBYRANK @d 0 0", 1],
  ["ZREMRANGEBYSCORE @d -inf +inf", 1],
  ["EXISTS @d", 0],
  ["ZPOPMIN @d", []],
  ["ZADD @d 0 a 0 b 0 c", 3],
  ["ZREMRANGEBYLEX @d [a (c", 2],
  ["ZMPOP 1 @d MIN", [key("d"), [["c", "0"]]]],
  ["ZMPOP 1 @d MIN", null],
]);

transcript("combined, with weights", [
  ["ZADD @x 1 a 2 b", 2],
  ["ZADD @y 10 b 20 c", 2],
  ["ZUNIONSTORE @o 2 @x @y", 3],
  ["ZRANGE @o 0 -1 WITHSCORES", ["a", "1", "b", "12", "c", "20"]],
  ["ZINTERSTORE @o 2 @x @y WEIGHTS 2 1 AGGREGATE MAX", 1],
  ["ZRANGE @o 0 -1 WITHSCORES", ["b", "10"]],
  ["ZUNION 2 @x @y", ["a", "b", "c"]],
  ["ZINTER 2 @x @y WITHSCORES", ["b", "12"]],
  ["ZDIFF 2 @x @y", ["a"]],
  ["ZINTERCARD 2 @x @y", 1],
]);

transcript("scores are exact to 2^53, and know infinity", [
  ["ZADD @big 9007199254740991 a 9007199254740990 b", 2],
  ["ZSCORE @big a", "9007199254740991"],
  ["ZINCRBY @big -1 a", "9007199254740990"],
  ["ZRANGE @big 0 -1", ["a", "b"]],
  ["ZADD @big +inf i -inf j 0.25 k -1e6 l", 4],
  ["ZMSCORE @big i j k l", ["inf", "-inf", "0.25", "-1000000"]],
  ["ZINCRBY @big -inf i", /^ERR resulting score is not a number \(NaN\)$/],
]);

test("by chance", async () => {
  await run("ZADD @rand 1 a 2 b");
  expect(await run("ZRANDMEMBER @rand 9")).toEqual(anyOrder(["a", "b"]));
  expect(await run("ZRANDMEMBER @none")).toBeNull();
});

test("through the client", async () => {
  const k = key("client");
  expect(
    await redis.zadd<string | { id: number }>(
      k,
      { score: 3, member: "ada" },
      { score: 1, member: { id: 7 } },
    ),
  ).toBe(2);
  expect(await redis.zrange(k, 0, -1, { withScores: true })).toEqual([{ id: 7 }, 1, "ada", 3]);
  expect(await redis.zrange(k, 0, -1, { rev: true })).toEqual(["ada", { id: 7 }]);
  expect(await redis.zincrby(k, 2.5, "ada")).toBe(5.5);
  expect(await redis.zscore(k, "ada")).toBe(5.5);
  expect(await redis.zrank(k, "ada")).toBe(1);
  expect(await redis.zrevrank(k, "none")).toBeNull();
});
