// Lists.

import type { Random } from "../random.ts";
import { command } from "../steps.ts";
import type { Step } from "../steps.ts";
import { index, keyOf, value, values } from "../values.ts";

export function lists(random: Random): Step {
  const key = (): string => keyOf("lists", random.integer(0, 3));
  const side = () => random.pick(["LEFT", "RIGHT", "left", "MIDDLE"]);
  return random.pick<() => Step>([
    () => command("LPUSH", key(), ...values(random, 4)),
    () => command("RPUSH", key(), ...values(random, 4)),
    () => command("RPUSH", key(), ...values(random, 4)),
    () => command("LPUSHX", key(), value(random)),
    () => command("RPUSHX", key(), value(random)),
    () => command("LPOP", key()),
    () => command("RPOP", key()),
    () => command("LPOP", key(), random.pick([0, 2, 100, -1, "x"])),
    () => command("RPOP", key(), 2),
    () => command("LLEN", key()),
    () => command("LRANGE", key(), 0, -1),
    () => command("LRANGE", key(), index(random), index(random)),
    () => command("LINDEX", key(), index(random)),
    () => command("LSET", key(), index(random), value(random)),
    () => command("LREM", key(), random.pick([0, 1, -1, 2]), value(random)),
    () => command("LTRIM", key(), index(random), index(random)),
    () => command("LINSERT", key(), random.pick(["BEFORE", "AFTER", "BESIDE"]), value(random), value(random)),
    () => command("LPOS", key(), value(random)),
    () => command("LPOS", key(), value(random), "COUNT", random.pick([0, 2, -1])),
    () => command("LPOS", key(), value(random), "RANK", random.pick([1, -1, 2, 0])),
    () => command("LMOVE", key(), key(), side(), side()),
    () => command("RPOPLPUSH", key(), key()),
    () => command("LMPOP", 2, key(), key(), "LEFT", "COUNT", 2),
    () => command("SORT", key(), "ALPHA"),
    () => command("HSET", key(), "f", "v"),
    () => command("DEL", key()),
  ])();
}
