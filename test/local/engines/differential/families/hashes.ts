// Hashes.

import type { Random } from "../random.ts";
import { command, scan } from "../steps.ts";
import type { Step } from "../steps.ts";
import { floatWord, integerWord, keyOf, value } from "../values.ts";

export function hashes(random: Random): Step {
  const key = (): string => keyOf("hashes", random.integer(0, 3));
  const field = () => (random.chance(0.2) ? value(random) : `f${random.integer(0, 6)}`);
  return random.pick<() => Step>([
    () => command("HSET", key(), field(), value(random)),
    () => command("HSET", key(), field(), value(random), field(), value(random)),
    () => command("HSET", key(), field(), value(random), field()),
    () => command("HMSET", key(), field(), value(random), field(), value(random)),
    () => command("HSETNX", key(), field(), value(random)),
    () => command("HGET", key(), field()),
    () => command("HGET", key(), field()),
    () => command("HMGET", key(), field(), field(), field()),
    () => command("HGETALL", key()),
    () => command("HGETALL", key()),
    () => command("HKEYS", key()),
    () => command("HVALS", key()),
    () => command("HLEN", key()),
    () => command("HSTRLEN", key(), field()),
    () => command("HEXISTS", key(), field()),
    () => command("HDEL", key(), field(), field()),
    () => command("HINCRBY", key(), field(), integerWord(random)),
    () => command("HINCRBY", key(), `n${random.integer(0, 2)}`, random.integer(-5, 1000)),
    () => command("HINCRBYFLOAT", key(), `n${random.integer(0, 2)}`, floatWord(random)),
    () => command("HRANDFIELD", key(), 1000),
    () => command("HRANDFIELD", key(), 1000, "WITHVALUES"),
    () => scan(2, "HSCAN", key()),
    () => scan(2, "HSCAN", key(), "MATCH", "f[0-3]", "COUNT", 2),
    () => command("SET", key(), "a string"),
    () => command("GET", key()),
    () => command("DEL", key()),
    () => command("TYPE", key()),
  ])();
}
