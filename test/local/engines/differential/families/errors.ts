// Commands that are wrong: arity, syntax, type, unknown, and those the embedded engine leaves out.

import type { Random } from "../random.ts";
import { command } from "../steps.ts";
import type { Step } from "../steps.ts";
import { keyOf } from "../values.ts";

const NAMES =
  "GET SET DEL INCR HSET HGET HGETALL LPUSH LPOP LRANGE SADD SMEMBERS ZADD ZRANGE ZRANK XADD XRANGE XREAD XACK EXPIRE TTL " +
  "MSET MGET EVAL EVALSHA PFADD SCAN HSCAN GETEX XGROUP XINFO XPENDING SETEX LINSERT ZINCRBY SINTERCARD ECHO " +
  "PUBLISH TYPE APPEND GETRANGE LMPOP ZUNIONSTORE XAUTOCLAIM XREADGROUP SCRIPT";

/** Words that are wrong in most places, and keys of the family where they are none. */
const X = keyOf("errors", "x");
const Y = keyOf("errors", "y");
const Z = keyOf("errors", "z");

export function errors(random: Random): Step {
  const key = (): string => keyOf("errors", random.integer(0, 3));
  const name = (): string => random.pick(NAMES.split(" "));
  return random.pick<() => Step>([
    () => command(name()),
    () => command(name().toLowerCase()),
    () => command(name(), key()),
    () => command(name(), key(), X),
    () => command(name(), key(), X, Y),
    () => command(name(), key(), "1", Y, Z),
    () => command("NOPE"),
    () => command("NOPE", "a", "b c", "d\r\ne"),
    () => command(""),
    () => command("X".repeat(200), "y".repeat(200)),
    () => command("SET", key(), "a string"),
    () => command("RPUSH", key(), "an element"),
    () => command("SADD", key(), "a member"),
    () => command("ZADD", key(), "1", "m"),
    () => command("XADD", key(), "1-1", "f", "v"),
    () => command("HSET", key(), "f", "v"),
    () => command("DEL", key()),
  ])();
}
