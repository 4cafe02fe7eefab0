// Transactions: run-time errors in their place, refused ones as a whole.

import type { Random } from "../random.ts";
import { command, transaction } from "../steps.ts";
import type { Step, Words } from "../steps.ts";
import { keyOf, value } from "../values.ts";

export function transactions(random: Random): Step {
  const key = (): string => keyOf("transactions", random.integer(0, 3));
  const inner = (): Words =>
    random.pick<() => Words>([
      () => ["SET", key(), value(random)],
      () => ["GET", key()],
      () => ["INCR", key()],
      () => ["LPUSH", key(), value(random)],
      () => ["LRANGE", key(), 0, -1],
      () => ["HSET", key(), "f", value(random)],
      () => ["HGETALL", key()],
      () => ["DEL", key()],
      () => ["SET", key(), "x", "EX", "bad"],
      () => ["EXPIRE", key(), "x"],
      () => ["MGET", key(), key()],
      () => ["ZADD", key(), random.pick(["1", "x"]), "m"],
      () => ["EVAL", "return {redis.call('SET', KEYS[1], ARGV[1]), 1}", 1, key(), "from a script"],
      () => ["EVAL", "return redis.call('INCR', KEYS[1])", 1, key()],
      () => ["PING"],
      () => ["ECHO", value(random)],
    ])();
  const broken = (): Words =>
    random.pick<Words>([["NOPE"], ["GET"], ["SET", key()], ["INCR", key(), key()], [""]]);
  const commands = Array.from({ length: random.integer(1, 6) }, inner);
  if (random.chance(0.2)) commands.splice(random.integer(0, commands.length), 0, broken());
  return random.chance(0.2) ? command(...inner()) : transaction(...commands);
}
