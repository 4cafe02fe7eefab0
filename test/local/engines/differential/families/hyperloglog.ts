// HyperLogLog, with few elements: every implementation counts those exactly.

import type { Random } from "../random.ts";
import { command } from "../steps.ts";
import type { Step } from "../steps.ts";
import { keyOf, values } from "../values.ts";

export function hyperloglog(random: Random): Step {
  const key = (): string => keyOf("hyperloglog", random.integer(0, 3));
  return random.pick<() => Step>([
    () => command("PFADD", key(), ...values(random, 5)),
    () => command("PFADD", key()),
    () => command("PFCOUNT", key()),
    () => command("PFCOUNT", key(), key()),
    () => command("PFMERGE", key(), key(), key()),
    () => command("TYPE", key()),
    () => (random.chance(0.5) ? command("DEL", key()) : command("RPUSH", key(), "x")),
    () => (random.chance(0.5) ? command("SET", key(), "no hll") : command("PFCOUNT", key())),
  ])();
}
