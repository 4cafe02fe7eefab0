// Commands as RESP2 has them on the wire.

import type { EngineCommand } from "../../engine.ts";

/** `$`, the length, a line end before and one behind the word: so much at most, and as much for a command's own line. */
const AROUND_BYTES = 16;

/** Commands one behind the other, as one run of bytes: many small writes cost more than the copy. */
export function encodeCommands(commands: readonly EngineCommand[]): Buffer {
  let most = 0;
  for (const command of commands) {
    most += AROUND_BYTES;
    for (const word of command) most += AROUND_BYTES + word.length;
  }
  const bytes = Buffer.allocUnsafe(most);
  let at = 0;
  for (const command of commands) {
    at += bytes.write(`*${command.length}\r\n`, at, "latin1");
    for (const word of command) {
      at += bytes.write(`$${word.length}\r\n`, at, "latin1");
      at += word.copy(bytes, at);
      at += bytes.write("\r\n", at, "latin1");
    }
  }
  return bytes.subarray(0, at);
}
