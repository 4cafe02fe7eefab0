// Keeps the embedded engine's data across restarts.

import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { RedisDatabase } from "js-redis-server/core";
import { lockDirectory } from "./lock.ts";
import { decodeSnapshot, encodeSnapshot, replaceFile } from "./snapshot-file.ts";

const SNAPSHOT_FILE = "redis.snapshot";
/** From the first change to the write that holds it. Changes within it share one write. */
const WRITE_AFTER_MS = 400;
/** From a write that failed to the next try. */
const RETRY_AFTER_MS = 1_000;

export interface Snapshot {
  /** Says that data may have changed: it is written within a second. Costs nothing where that is known already. */
  changed(): void;
  /** Writes what is not written yet, and gives the directory back. Never rejects. Safe to call twice. */
  close(): Promise<void>;
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** Fills the database from the file. One that cannot be read is put aside under a name with the time. */
async function restore(path: string, database: RedisDatabase, log: (message: string) => void): Promise<void> {
  try {
    for (const { key, value, expiresAt } of decodeSnapshot(await readFile(path))) {
      database.set(key, value, expiresAt === undefined ? {} : { expiresAt });
    }
  } catch (error) {
    if (isMissing(error)) return;
    const aside = `${path}.broken-${new Date().toISOString().replaceAll(":", "-")}`;
    await rename(path, aside);
    log(
      `The Redis data in ${path} cannot be read: ${text(error)}. It was put aside as ${aside}; starting empty.`,
    );
  }
}

/**
 * Opens the snapshot of a database.
 *
 * @param options.directory where it lies; made where it is missing, and held until `close`.
 * @param options.database empty; filled from the file. Key expiry, consumer groups and pending entries come back too.
 * @param options.log told when a file was put aside, when writing begins to fail, and when it works again.
 * @throws Error where another process holds the directory, or it cannot be written to.
 */
export async function openSnapshot(options: {
  directory: string;
  database: RedisDatabase;
  log: (message: string) => void;
}): Promise<Snapshot> {
  const { directory, database, log } = options;
  const path = join(directory, SNAPSHOT_FILE);
  const unlock = await lockDirectory(directory);
  try {
    await restore(path, database, log);
  } catch (error) {
    await unlock();
    throw error;
  }

  let dirty = false;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let lastFailure: string | undefined;
  let closing: Promise<void> | undefined;

  /** Writes the present data. The copy is taken between commands: whole transactions and scripts, or nothing. */
  async function write(): Promise<void> {
    const turn = await database.turnQueue.waitTurn();
    let chunks: Buffer[];
    try {
      dirty = false;
      chunks = encodeSnapshot(database.entriesSnapshot());
    } finally {
      turn.release();
    }
    try {
      await replaceFile(path, chunks);
      if (lastFailure !== undefined) log(`Redis data is written to ${path} again.`);
      lastFailure = undefined;
    } catch (error) {
      dirty = true;
      // Once per reason, not once per try.
      if (lastFailure !== text(error))
        log(`Redis data could not be written to ${path}: ${text(error)}. Trying again.`);
      lastFailure = text(error);
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
    changed() {
      dirty = true;
      schedule(WRITE_AFTER_MS);
    },
    close: () =>
      (closing ??= (async () => {
        clearTimeout(timer);
        await writing;
        if (dirty) await write();
        await unlock();
      })()),
  };
}
