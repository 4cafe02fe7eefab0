// Sorted sets.

import type { Random } from "../random.ts";
import { command, scan } from "../steps.ts";
import type { Step } from "../steps.ts";
import { index, keyOf, score } from "../values.ts";

export function sortedSets(random: Random): Step {
  const key = (): string => keyOf("sorted-sets", random.integer(0, 3));
  const member = () => `m${random.integer(0, 9)}`;
  const bound = () => random.pick(["-inf", "+inf", "(1", "1", "2.25", "(3", "10", "x", "0"]);
  // Ranges by name mean something only where all scores are equal.
  const level = (): string => keyOf("sorted-sets", `level${random.integer(0, 1)}`);
  const lex = () => random.pick(["-", "+", "[m2", "(m2", "[m5", "(m7", "m3"]);
  return random.pick<() => Step>([
    () => command("ZADD", key(), score(random), member()),
    () => command("ZADD", key(), score(random), member(), score(random), member()),
    () => command("ZADD", level(), 0, member(), 0, member(), 0, member()),
    () => command("ZADD", key(), random.pick(["NX", "XX", "GT", "LT", "CH", "BAD"]), score(random), member()),
    () => command("ZADD", key(), "XX", "GT", "CH", score(random), member()),
    () => command("ZADD", key(), "NX", random.pick(["XX", "GT", "CH"]), score(random), member()),
    () => command("ZADD", key(), "INCR", random.pick([1, "1.5", -2]), member()),
    () => command("ZADD", key(), "x", member()),
    () => command("ZINCRBY", key(), score(random), member()),
    () => command("ZSCORE", key(), member()),
    () => command("ZMSCORE", key(), member(), member()),
    () => command("ZRANK", key(), member()),
    () => command("ZREVRANK", key(), member()),
    () => command("ZCARD", key()),
    () => command("ZCOUNT", key(), bound(), bound()),
    () => command("ZRANGE", key(), 0, -1, "WITHSCORES"),
    () => command("ZRANGE", key(), index(random), index(random)),
    () => command("ZRANGE", key(), bound(), bound(), "BYSCORE", "WITHSCORES"),
    () =>
      command(
        "ZRANGE",
        key(),
        bound(),
        bound(),
        "BYSCORE",
        "LIMIT",
        random.integer(0, 2),
        random.integer(-1, 3),
      ),
    () => command("ZRANGE", key(), bound(), bound(), "BYSCORE", "REV"),
    () => command("ZRANGE", key(), index(random), index(random), "REV", "WITHSCORES"),
    () => command("ZRANGE", level(), lex(), lex(), "BYLEX"),
    () => command("ZREVRANGE", key(), 0, 3, "WITHSCORES"),
    () => command("ZRANGEBYSCORE", key(), bound(), bound(), "WITHSCORES", "LIMIT", 0, 2),
    () => command("ZREVRANGEBYSCORE", key(), bound(), bound()),
    () => command("ZRANGEBYLEX", level(), lex(), lex()),
    () => command("ZLEXCOUNT", level(), lex(), lex()),
    () => command("ZREM", key(), member(), member()),
    () => command("ZREMRANGEBYRANK", key(), index(random), index(random)),
    () => command("ZREMRANGEBYSCORE", key(), bound(), bound()),
    () => command("ZREMRANGEBYLEX", level(), lex(), lex()),
    () => command("ZPOPMIN", key()),
    () => command("ZPOPMAX", key(), 2),
    () => command("ZMPOP", 1, key(), "MIN", "COUNT", 2),
    () => command("ZUNIONSTORE", key(), 2, key(), key(), "WEIGHTS", 1, 2),
    () =>
      command("ZINTERSTORE", key(), 2, key(), key(), "AGGREGATE", random.pick(["SUM", "MIN", "MAX", "AVG"])),
    () => command("ZDIFFSTORE", key(), 2, key(), key()),
    () => command("ZUNION", 2, key(), key(), "WITHSCORES"),
    () => command("ZINTER", 2, key(), key()),
    () => command("ZINTERCARD", 2, key(), key()),
    () => command("ZRANGESTORE", key(), key(), 0, 2),
    () => command("ZRANDMEMBER", key(), 1000),
    () => scan(2, "ZSCAN", key()),
    () => command("ZADD", key(), "0.1", member(), "1e21", member(), "-3.3333333", member()),
    () => command("SADD", key(), "not sorted"),
    () => command("DEL", key()),
  ])();
}
