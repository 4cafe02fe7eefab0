// Commands that would change, block or take over a connection that others share.

import type { EngineCommand } from "../../engine.ts";

const UNSHAREABLE: ReadonlySet<string> = new Set(
  (
    "MULTI EXEC DISCARD WATCH UNWATCH SELECT HELLO RESET AUTH QUIT SHUTDOWN MONITOR SYNC PSYNC READONLY READWRITE ASKING " +
    "SUBSCRIBE UNSUBSCRIBE PSUBSCRIBE PUNSUBSCRIBE SSUBSCRIBE SUNSUBSCRIBE " +
    "BLPOP BRPOP BRPOPLPUSH BLMOVE BLMPOP BZPOPMIN BZPOPMAX BZMPOP WAIT"
  ).split(" "),
);

/**
 * Whether a command must not reach the shared connection. The REST server refuses these with a reason before; this is
 * the net below, since one of them would mix up everybody's replies.
 */
export function isUnshareable([name, first]: EngineCommand): boolean {
  const word = name?.toString("latin1").toUpperCase() ?? "";
  return UNSHAREABLE.has(word) || (word === "CLIENT" && first?.toString("latin1").toUpperCase() === "REPLY");
}
