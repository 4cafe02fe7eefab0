// Redis's own words for a command it does not know (commandCheckExistence in server.c). The library's cut elsewhere.

import type { EngineError } from "../../engine.ts";
import { errorReply } from "./reply.ts";

/** How much of the name, and of all arguments together, Redis shows. */
const SHOWN_BYTES = 128;

/** As C's `%.*s` prints: up to a NUL byte or the limit. */
function shown(word: Buffer, limit: number): Buffer {
  const end = word.indexOf(0);
  return word.subarray(0, Math.min(end === -1 ? word.length : end, limit));
}

/** The error for `name` with `args`. */
export function unknownCommand(name: Buffer, args: readonly Buffer[]): EngineError {
  let beginning = Buffer.alloc(0);
  for (const arg of args) {
    if (beginning.length >= SHOWN_BYTES) break;
    const quoted = [Buffer.from("'"), shown(arg, SHOWN_BYTES - beginning.length), Buffer.from("' ")];
    beginning = Buffer.concat([beginning, ...quoted]);
  }
  const shownName = shown(name, SHOWN_BYTES).toString();
  return errorReply(
    `unknown command '${shownName}', with args beginning with: ${beginning.toString()}`,
    "ERR",
  );
}
