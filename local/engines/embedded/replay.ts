// Does the writes of a journal again.

import type { ClientSession } from "js-redis-server/core";
import type { JournalEntry } from "./journal-file.ts";

/**
 * Runs writes as they ran. Each at its time: a key that was there then is there, and one that is given so many seconds has them
 * from then on. The library asks `Date.now` and nothing else, and while an engine opens nothing else runs.
 */
export async function replay(session: ClientSession, entries: readonly JournalEntry[]): Promise<void> {
  const { now } = Date;
  try {
    for (const { at, command } of entries) {
      const [name = Buffer.alloc(0), ...args] = command;
      Date.now = () => at;
      await session.execute(name, args);
    }
  } finally {
    Date.now = now;
  }
}
