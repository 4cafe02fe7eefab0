// Keeps the embedded engine's data across restarts and kills: a snapshot of all of it, written now and then, and a journal of
// the writes since, each there before its answer is.

import { readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { RedisDatabase } from "js-redis-server/core";
import { type JournalEntry, type JournalFile, openJournalFile } from "./journal-file.ts";
import { lockDirectory } from "./lock.ts";
import { decodeSnapshot, encodeSnapshot, replaceFile } from "./snapshot-file.ts";

const SNAPSHOT_FILE = "redis.snapshot";
const JOURNAL_FILE = /^redis\.journal-(\d+)$/;
/** From the first change to the snapshot that holds it. Changes within it share one. */
const WRITE_AFTER_MS = 400;
/** From a write that failed to the next try. */
const RETRY_AFTER_MS = 1_000;

export interface Snapshot {
  /** Takes a write that has been done. */
  add(entry: JournalEntry): void;
  /**
   * Resolves when all that was added so far survives a kill of this process. Costs nothing where that is so already.
   * Rejects with the file system's error where it could not be written; it is tried again with the next write.
   */
  kept(): Promise<void>;
  /** Writes what is not written yet, and gives the directory back. Never rejects. Safe to call twice. */
  close(): Promise<void>;
}

export interface SnapshotOptions {
  /** Where it lies; made where it is missing, and held until `close`. */
  directory: string;
  /** Empty; filled from the file. Key expiry, consumer groups and pending entries come back too. */
  database: RedisDatabase;
  /** Does writes again that came after the snapshot, at their times. */
  replay: (entries: readonly JournalEntry[]) => Promise<void>;
  /** Told when a file was put aside, when writing begins to fail, and when it works again. */
  log: (message: string) => void;
}

const CLOSED: JournalFile = {
  append() {
    throw new Error("the journal is closed");
  },
  close() {},
};

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

async function journalsIn(directory: string): Promise<number[]> {
  return (await readdir(directory)).flatMap((name) => {
    const number = JOURNAL_FILE.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

/**
 * Fills the database from the snapshot. One that cannot be read is put aside under a name with the time, and with it the
 * journals, which mean nothing without it.
 * @returns the number of the journal that goes on from there
 */
async function restore({ directory, database, log }: SnapshotOptions): Promise<number> {
  const path = join(directory, SNAPSHOT_FILE);
  try {
    const { entries, journal } = decodeSnapshot(await readFile(path));
    for (const { key, value, expiresAt } of entries) {
      database.set(key, value, expiresAt === undefined ? {} : { expiresAt });
    }
    return journal;
  } catch (error) {
    if (isMissing(error)) return 0;
    const suffix = `.broken-${new Date().toISOString().replaceAll(":", "-")}`;
    await rename(path, path + suffix);
    for (const number of await journalsIn(directory)) {
      const journal = journalPath(directory, number);
      await rename(journal, journal + suffix);
    }
    log(
      `The Redis data in ${path} cannot be read: ${text(error)}. It was put aside as ${path}${suffix}; starting empty.`,
    );
    return 0;
  }
}

const journalPath = (directory: string, number: number): string => join(directory, `redis.journal-${number}`);

/**
 * Opens the data of a database: the snapshot, and what came after it.
 *
 * @throws Error where another process holds the directory, or it cannot be written to.
 */
export async function openSnapshot(options: SnapshotOptions): Promise<Snapshot> {
  const { directory, database, replay, log } = options;
  const path = join(directory, SNAPSHOT_FILE);
  const unlock = await lockDirectory(directory);

  let dirty = false;
  let number = 0;
  let file: JournalFile;
  /** Done, and in no journal yet. */
  let added: JournalEntry[] = [];
  /** How many of these the snapshot in the making holds. Until it is in place or has failed, nothing is appended. */
  let inSnapshot = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let lastFailure: string | undefined;
  let closing: Promise<void> | undefined;

  try {
    number = await restore(options);
    // More than one where a kill came between beginning a journal and the snapshot before it.
    const there = new Set(await journalsIn(directory));
    for (;;) {
      const journal = openJournalFile(journalPath(directory, number));
      file = journal.file;
      await replay(journal.entries);
      if (!there.has(number + 1)) break;
      file.close();
      number += 1;
    }
  } catch (error) {
    await unlock();
    throw error;
  }

  function failed(error: unknown): void {
    dirty = true;
    // Once per reason, not once per try.
    if (lastFailure !== text(error)) {
      log(`Redis data could not be written to ${path}: ${text(error)}. Trying again.`);
    }
    lastFailure = text(error);
  }

  /**
   * To be called between commands, so that scripts and transactions stand in one frame.
   * @returns false where it has to wait for the snapshot in the making
   * @throws the file system's error; they stay then, for the next call or the next snapshot.
   */
  function append(): boolean {
    if (added.length === 0) return true;
    if (inSnapshot > 0) return false;
    try {
      file.append(added);
      added = [];
      return true;
    } catch (error) {
      failed(error);
      throw error;
    }
  }

  async function betweenCommands<Result>(act: () => Result): Promise<Result> {
    const turn = await database.turnQueue.waitTurn();
    try {
      return act();
    } finally {
      turn.release();
    }
  }

  /** Writes the present data. The copy is taken between commands: whole transactions and scripts, or nothing. */
  async function write(): Promise<void> {
    try {
      const chunks = await betweenCommands(() => {
        try {
          append();
        } catch {
          // Told already. The snapshot has them.
        }
        const journal = openJournalFile(journalPath(directory, number + 1));
        file.close();
        file = journal.file;
        number += 1;
        // What the old journal lacks: in the new one before the snapshot is in place, it would be done twice; dropped, and
        // the snapshot failing, later writes would come behind a hole.
        inSnapshot = added.length;
        dirty = false;
        return encodeSnapshot({ entries: database.entriesSnapshot(), journal: number });
      });
      await replaceFile(path, chunks);
      added.splice(0, inSnapshot);
      inSnapshot = 0;
      for (const old of await journalsIn(directory)) {
        if (old < number) await rm(journalPath(directory, old));
      }
      if (lastFailure !== undefined) log(`Redis data is written to ${path} again.`);
      lastFailure = undefined;
    } catch (error) {
      inSnapshot = 0;
      failed(error);
    }
  }

  function schedule(delayMs: number): void {
    if (timer !== undefined || writing !== undefined || closing !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      writing = write().finally(() => {
        writing = undefined;
        if (dirty) schedule(lastFailure === undefined ? WRITE_AFTER_MS : RETRY_AFTER_MS);
      });
    }, delayMs);
  }

  return {
    add(entry) {
      added.push(entry);
      dirty = true;
      schedule(WRITE_AFTER_MS);
    },
    async kept() {
      while (added.length > 0 && !(await betweenCommands(append))) await writing;
    },
    close: () =>
      (closing ??= (async () => {
        clearTimeout(timer);
        await writing;
        if (dirty) await (writing = write());
        file.close();
        // Who waits in `kept` still must not write to a descriptor that may be another file's by now.
        file = CLOSED;
        await unlock();
      })()),
  };
}
