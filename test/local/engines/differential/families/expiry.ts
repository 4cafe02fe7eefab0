// Expiry, by absolute times far away or long ago: nothing in it depends on how fast the commands run.

import type { Random } from "../random.ts";
import { command } from "../steps.ts";
import type { Step } from "../steps.ts";
import { keyOf } from "../values.ts";

const FAR_SECONDS = [4_102_444_800, 4_102_444_900, 4_102_445_000];
/** The key whose expiry is counted from now. */
const RELATIVE = keyOf("expiry", "relative");
const FAR_MS = [4_102_444_800_123, 4_102_444_900_456];

export function expiry(random: Random): Step {
  const key = (): string => keyOf("expiry", random.integer(0, 4));
  const seconds = () => random.pick(FAR_SECONDS);
  const condition = () => random.pick(["NX", "XX", "GT", "LT", "BAD"]);
  return random.pick<() => Step>([
    () => command("SET", key(), "v"),
    () => command("SET", key(), "v", "PXAT", random.pick(FAR_MS)),
    () => command("RPUSH", key(), "v"),
    () => command("HSET", key(), "f", "v"),
    () => command("EXPIREAT", key(), seconds()),
    () => command("EXPIREAT", key(), seconds(), condition()),
    () => command("EXPIREAT", key(), seconds(), "NX", "GT"),
    () => command("PEXPIREAT", key(), random.pick(FAR_MS)),
    () => command("EXPIREAT", key(), random.pick([1, 0, -5])),
    () => command("PEXPIREAT", key(), 1),
    () => command("EXPIRE", key(), random.pick([0, -1, "x", "1.5", "9223372036854775807"])),
    () => command("PEXPIRE", key(), random.pick([0, -1, "x"])),
    () => command("EXPIRETIME", key()),
    () => command("PEXPIRETIME", key()),
    () => command("SET", RELATIVE, "v"),
    () => command(random.pick(["EXPIRE", "SETEX"]), RELATIVE, 1_000_000, ...random.pick([[], ["v"]])),
    () => command("PEXPIRE", RELATIVE, 1_000_000_000),
    () => command("TTL", RELATIVE),
    () => command("PTTL", RELATIVE),
    () => command("PTTL", keyOf("expiry", "missing")),
    () => command("SADD", keyOf("expiry", "set"), "v"),
    () => command("EXPIREAT", keyOf("expiry", "stored"), seconds()),
    () => command("SUNIONSTORE", keyOf("expiry", "stored"), keyOf("expiry", "set")),
    () => command("EXPIRETIME", keyOf("expiry", "stored")),
    () => command("PERSIST", key()),
    () => command("EXISTS", key()),
    () => command("GET", key()),
    () => command("TYPE", key()),
    () => command("RENAME", key(), key()),
    () => command("COPY", key(), key()),
    () => command("INCR", key()),
    () => command("APPEND", key(), "more"),
    () => command("SET", key(), "v", "KEEPTTL"),
    () => command("DEL", key()),
  ])();
}
