// One process per state directory: a lock file that names its holder.

import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const LOCK_NAME = /^redis\.lock\.(\d+)$/;

function lockPath(directory: string, number: number): string {
  return join(directory, `redis.lock.${number}`);
}

/** Whoever holds a lock: the start time tells a process from a later one that was given the same id. */
interface Holder {
  readonly pid: number;
  readonly startedAt: string;
}

/** When a process started, in the kernel's ticks since boot; empty where the system does not say (not Linux). */
async function startTime(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The second field, the program's name, may hold spaces; the 22nd is the start.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not ours to signal, so it runs.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** The process that holds a lock; null where it is gone, or the file holds nothing sensible. */
async function liveHolder(path: string): Promise<Holder | null> {
  const [pidText = "", startedAt = ""] = (await readFile(path, "utf8").catch(() => "")).split(" ");
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0 || !isRunning(pid)) return null;
  if (startedAt !== "" && startedAt !== (await startTime(pid))) return null;
  return { pid, startedAt };
}

/** The lock files of a directory: their numbers, and whether a running process holds them. */
async function readLocks(directory: string): Promise<{ number: number; holder: Holder | null }[]> {
  const numbers = (await readdir(directory))
    .map((name) => Number(LOCK_NAME.exec(name)?.[1] ?? 0))
    .filter(Boolean);
  return Promise.all(
    numbers.map(async (number) => ({ number, holder: await liveHolder(lockPath(directory, number)) })),
  );
}

/** Makes a lock file, its content in it from the first moment; false where there is one of that number. */
async function claim(path: string, content: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, content);
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

function refusal(directory: string, { pid }: Holder): Error {
  return new Error(
    `Another process (pid ${pid}) keeps its Redis data in ${directory}. ` +
      "Stop it, or set SEDGE_STATE to another directory.",
  );
}

/**
 * Takes a directory for this process, making it where it is missing.
 *
 * A lock is never taken from a process that is gone, which two could do at once: the next number is claimed, which
 * only one can.
 *
 * @returns a function that gives the directory back. Safe to call twice.
 * @throws Error where a running process holds it, or it cannot be written to.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true });
  const content = `${process.pid} ${await startTime(process.pid)}`;
  for (;;) {
    // Each round looks at what the one before left; a round fails only because another process went on.
    const found = await readLocks(directory);
    const holder = found.find((lock) => lock.holder)?.holder;
    if (holder) throw refusal(directory, holder);
    const number = Math.max(0, ...found.map((lock) => lock.number)) + 1;
    const path = lockPath(directory, number);
    if (!(await claim(path, content))) continue;
    // Since the look above, others may have come and gone, and one begun anew at another number.
    const others = (await readLocks(directory)).filter((lock) => lock.number !== number);
    const other = others.find((lock) => lock.holder)?.holder;
    const superfluous = other ? [number] : others.map((lock) => lock.number);
    await Promise.all(superfluous.map((each) => rm(lockPath(directory, each), { force: true })));
    if (other) throw refusal(directory, other);
    return () => rm(path, { force: true });
  }
}
