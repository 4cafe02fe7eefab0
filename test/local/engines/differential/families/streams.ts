// Streams, groups and pending entries, with ids that are given: those of the clock differ from run to run.

import type { Random } from "../random.ts";
import { command } from "../steps.ts";
import type { Step } from "../steps.ts";
import { keyOf, value } from "../values.ts";

export function streams(random: Random): Step {
  const key = (): string => keyOf("streams", random.integer(0, 1));
  const group = () => `g${random.integer(0, 1)}`;
  const consumer = () => `c${random.integer(0, 2)}`;
  const id = () => `${random.integer(1, 40)}-${random.integer(0, 2)}`;
  const edge = () => random.pick(["-", "+", "5", "(7-1", "20-1", "x"]);
  const fields = () => ["f", value(random), "g", value(random)];
  return random.pick<() => Step>([
    () => command("XADD", key(), id(), ...fields()),
    () => command("XADD", key(), `${random.integer(1, 60)}-*`, ...fields()),
    () => command("XADD", key(), `${random.integer(1, 60)}-*`, ...fields()),
    () =>
      command("XADD", key(), "MAXLEN", "=", random.integer(2, 12), `${random.integer(40, 80)}-*`, "f", "v"),
    () => command("XADD", key(), "MINID", "=", id(), `${random.integer(40, 80)}-*`, "f", "v"),
    () =>
      command(
        "XADD",
        key(),
        "MAXLEN",
        random.integer(2, 12),
        "NOMKSTREAM",
        `${random.integer(40, 80)}-*`,
        "f",
        "v",
      ),
    () => command("XADD", key(), "NOMKSTREAM", id(), "f", "v"),
    () => command("XADD", key(), random.pick(["0-0", "x", "1-1-1", "-1"]), "f", "v"),
    () => command("XADD", key(), id(), "odd"),
    () => command("XADD", key(), "MAXLEN", random.pick(["x", "-1"]), "*", "f", "v"),
    () => command("XLEN", key()),
    () => command("XRANGE", key(), "-", "+"),
    () => command("XRANGE", key(), edge(), edge(), "COUNT", random.integer(1, 3)),
    () => command("XREVRANGE", key(), "+", "-", "COUNT", 2),
    () => command("XREVRANGE", key(), edge(), edge()),
    () => command("XDEL", key(), id(), id()),
    () => command("XTRIM", key(), "MAXLEN", "=", random.integer(0, 10)),
    () => command("XTRIM", key(), "MINID", id()),
    () => command("XREAD", "COUNT", 2, "STREAMS", key(), id()),
    () => command("XREAD", "STREAMS", keyOf("streams", 0), keyOf("streams", 1), "0", "0"),
    () => command("XREAD", "STREAMS", key(), "$"),
    () => command("XREAD", "STREAMS", key(), key(), "0"),
    () => command("XGROUP", "CREATE", key(), group(), random.pick(["0", "$", "5-0"])),
    () => command("XGROUP", "CREATE", key(), group(), "0", "MKSTREAM"),
    () => command("XGROUP", "SETID", key(), group(), random.pick(["0", "10-0"])),
    () => command("XGROUP", "CREATECONSUMER", key(), group(), consumer()),
    () => command("XGROUP", "DELCONSUMER", key(), group(), consumer()),
    () => command("XGROUP", "DESTROY", key(), group()),
    () =>
      command(
        "XREADGROUP",
        "GROUP",
        group(),
        consumer(),
        "COUNT",
        random.integer(1, 3),
        "STREAMS",
        key(),
        ">",
      ),
    () =>
      command(
        "XREADGROUP",
        "GROUP",
        group(),
        consumer(),
        "COUNT",
        random.integer(1, 3),
        "STREAMS",
        key(),
        ">",
      ),
    () => command("XREADGROUP", "GROUP", group(), consumer(), "STREAMS", key(), "0"),
    () => command("XREADGROUP", "GROUP", group(), consumer(), "NOACK", "COUNT", 1, "STREAMS", key(), ">"),
    () => command("XACK", key(), group(), id(), id()),
    () => command("XACK", keyOf("streams", "none"), "g", "1-1"),
    () => command("XACK", key(), "nobody", "1-1"),
    () => command("XPENDING", key(), group()),
    () => command("XPENDING", key(), group(), "-", "+", 10),
    () => command("XPENDING", key(), group(), "-", "+", 10, consumer()),
    () => command("XCLAIM", key(), group(), "claimer", 0, id(), id()),
    () => command("XCLAIM", key(), group(), "claimer", 0, id(), "JUSTID"),
    () => command("XCLAIM", key(), group(), "claimer", 0, id(), "FORCE", "RETRYCOUNT", 7),
    () => command("XAUTOCLAIM", key(), group(), "claimer", 0, random.pick(["0", "10-0"]), "COUNT", 2),
    () => command("XAUTOCLAIM", key(), group(), "claimer", 0, "0", "JUSTID"),
    () => command("XINFO", "GROUPS", key()),
    () => command("XINFO", "CONSUMERS", key(), group()),
    () => command("XSETID", key(), "90-0"),
    () => (random.chance(0.3) ? command("DEL", key()) : command("TYPE", key())),
    () => (random.chance(0.2) ? command("SET", key(), "x") : command("XLEN", key())),
  ])();
}
