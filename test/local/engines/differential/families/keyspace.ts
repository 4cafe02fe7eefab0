// Listing and scanning keys, all under the sequence's own prefix.

import type { Random } from "../random.ts";
import { command, scan } from "../steps.ts";
import type { Step } from "../steps.ts";
import { keyOf } from "../values.ts";

export function keyspace(random: Random): Step {
  const name = () =>
    random.pick(["a", "b", "user:1", "user:22", "x[y]", "q?", "st*r", "back\\slash", "ü", "tail"]);
  const key = (): string => keyOf("keyspace", name());
  const pattern = () =>
    random.pick([
      "*",
      "user:?",
      "user:*",
      "[ab]",
      "[^a]",
      "x\\[y\\]",
      "q\\?",
      "st\\*r",
      "*\\\\*",
      "[a-c]",
      "?",
      "t**l",
      "[z-a]",
    ]);
  const match = (): string => keyOf("keyspace", pattern());
  return random.pick<() => Step>([
    () => command("SET", key(), "v"),
    () => command("RPUSH", key(), "v"),
    () => command("SADD", key(), "v"),
    () => command("DEL", key()),
    () => command("KEYS", match()),
    () => scan(1, "SCAN", "MATCH", match()),
    () => scan(1, "SCAN", "MATCH", match(), "COUNT", random.integer(1, 3)),
    () => scan(1, "SCAN", "MATCH", match(), "TYPE", random.pick(["string", "list", "hash"])),
    () => command("SCAN", "x"),
    () => command("SCAN", "0", "COUNT", random.pick(["0", "-1", "x"])),
    () => command("SCAN", "0", "BAD"),
    () => command("HSCAN", keyOf("keyspace", "none"), "0"),
    () => command("SSCAN", keyOf("keyspace", "none"), "7"),
  ])();
}
