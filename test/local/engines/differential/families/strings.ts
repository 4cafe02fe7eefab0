// Strings and counters.

import type { Random } from "../random.ts";
import { command } from "../steps.ts";
import type { Step } from "../steps.ts";
import { floatWord, index, integerWord, keyOf, value } from "../values.ts";

const FAR = "4102444800";

/** One command on a few keys, some of which hold a list. */
export function strings(random: Random): Step {
  const key = (): string => keyOf("strings", random.integer(0, 5));
  return random.pick<() => Step>([
    () => command("SET", key(), value(random)),
    () => command("set", key(), value(random), random.pick(["NX", "xx", "GET", "KEEPTTL", "BAD"])),
    () => command("SET", key(), value(random), "NX", "GET"),
    () => command("SET", key(), value(random), random.pick(["EX", "PX"]), random.pick(["0", "-1", "x", ""])),
    () => command("SET", key(), value(random), "EX", "1000000", random.pick(["KEEPTTL", "PX", "EX"])),
    () => command("SET", key(), value(random), "EXAT", FAR),
    () => command("GET", key()),
    () => command("GET", key()),
    () => command("GETSET", key(), value(random)),
    () => command("GETDEL", key()),
    () => command("GETEX", key(), "EXAT", FAR),
    () => command("GETEX", key(), "PERSIST"),
    () => command("EXPIRETIME", key()),
    () => command("SETNX", key(), value(random)),
    () => command("SETEX", key(), random.pick(["-1", "0"]), value(random)),
    () => command("PSETEX", key(), random.pick(["x", "-5"]), value(random)),
    () => command("APPEND", key(), value(random)),
    () => command("STRLEN", key()),
    () => command("GETRANGE", key(), index(random), index(random)),
    () => command("SETRANGE", key(), random.pick([0, 1, 5, -1]), value(random)),
    () => command("INCR", key()),
    () => command("DECR", key()),
    () => command("INCRBY", key(), integerWord(random)),
    () => command("DECRBY", key(), integerWord(random)),
    () => command("INCRBYFLOAT", key(), floatWord(random)),
    () =>
      command("SET", key(), random.pick(["9223372036854775806", "9007199254740993", "10", "0.1", "1000.1"])),
    () => command("MGET", key(), key(), key()),
    () => command("MSET", key(), value(random), key(), value(random)),
    () => command("MSETNX", key(), value(random), key(), value(random)),
    () => command("DEL", key(), key()),
    () => command("UNLINK", key()),
    () => command("EXISTS", key(), key(), key()),
    () => command("TOUCH", key(), key()),
    () => command("TYPE", key()),
    () => command("LPUSH", key(), value(random)),
    () => command("RENAME", key(), key()),
    () => command("RENAMENX", key(), key()),
    () => command("COPY", key(), key(), "REPLACE"),
    () => command("SETBIT", key(), random.integer(0, 20), random.integer(0, 1)),
    () => command("GETBIT", key(), random.integer(0, 20)),
    () => command("BITCOUNT", key()),
  ])();
}
