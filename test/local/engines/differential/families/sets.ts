// Sets.

import type { Random } from "../random.ts";
import { command, scan } from "../steps.ts";
import type { Step } from "../steps.ts";
import { keyOf, value, values } from "../values.ts";

export function sets(random: Random): Step {
  const key = (): string => keyOf("sets", random.integer(0, 4));
  return random.pick<() => Step>([
    () => command("SADD", key(), ...values(random, 6)),
    () => command("SADD", key(), ...values(random, 6)),
    () => command("SREM", key(), ...values(random, 3)),
    () => command("SCARD", key()),
    () => command("SMEMBERS", key()),
    () => command("SISMEMBER", key(), value(random)),
    () => command("SMISMEMBER", key(), value(random), value(random)),
    () => command("SMOVE", key(), key(), value(random)),
    () => command("SINTER", key(), key()),
    () => command("SUNION", key(), key(), key()),
    () => command("SDIFF", key(), key()),
    () => command("SINTERSTORE", key(), key(), key()),
    () => command("SUNIONSTORE", key(), key(), key()),
    () => command("SDIFFSTORE", key(), key(), key()),
    () => command("SINTERCARD", 2, key(), key()),
    () => command("SINTERCARD", 2, key(), key(), "LIMIT", random.pick([0, 1, -1])),
    () => command("SPOP", key(), 1000),
    () => command("SPOP", key(), random.pick([0, -1])),
    () => command("SRANDMEMBER", key(), 1000),
    () => scan(2, "SSCAN", key()),
    () => scan(2, "SSCAN", key(), "MATCH", "[a-c]*", "COUNT", 3),
    () => command("SET", key(), "x"),
    () => command("DEL", key()),
  ])();
}
