// A journal that cannot be written to: what is answered then, and that nothing is lost or done twice after it.

import { existsSync } from "node:fs";
import { mkdir, readFile, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { RedisServerState } from "js-redis-server/core";
import { afterEach, expect, test, vi } from "vitest";
import type { EngineReply } from "../../../../local/engine.ts";
import { decodeFrames } from "../../../../local/engines/embedded/journal-file.ts";
import { openSnapshot } from "../../../../local/engines/embedded/snapshot.ts";
import { plain, run, words } from "../support.ts";
import { ask, createStage, dataFiles } from "./stage.ts";

/** While true, the disk is full for journals: half of a frame still fits, as it may. */
const disk = vi.hoisted(() => ({ full: false }));
vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  return {
    ...fs,
    writeSync(fd: number, data: Buffer, offset: number, length: number, position: number): number {
      if (!disk.full) return fs.writeSync(fd, data, offset, length, position);
      fs.writeSync(fd, data, offset, length >> 1, position);
      throw new Error("ENOSPC: no space left on device, write");
    },
  };
});

const { messages, newDirectory, open, copyOf, clear } = createStage();

afterEach(async () => {
  disk.full = false;
  await clear();
});

const MISCONF = "-MISCONF the data could not be kept: ENOSPC: no space left on device, write";

test("a full disk is an error for what writes, and for nothing else; what it held up is kept when there is room", async () => {
  const directory = await newDirectory();
  const engine = await open(directory);
  await run(engine, "SET", "k", "a");
  disk.full = true;
  const script = "return redis.call('APPEND', KEYS[1], 'c')";
  expect(
    await ask(engine, [words("APPEND", "k", "b"), words("GET", "k"), words("EVAL", script, 1, "k")]),
  ).toEqual([MISCONF, "ab", MISCONF]);
  expect(await engine.transaction([words("GET", "k"), words("APPEND", "k", "d")])).toMatchObject({
    message: MISCONF.slice(1),
  });
  expect(((await engine.transaction([words("GET", "k")])) as EngineReply[]).map(plain)).toEqual(["abcd"]);
  expect(await run(await open(await copyOf(directory)), "GET", "k")).toBe("a");
  disk.full = false;
  expect(await run(engine, "APPEND", "k", "e")).toBe(5);
  expect(await run(await open(await copyOf(directory)), "GET", "k")).toBe("abcde");
});

test("a full disk leaves no hole where the snapshot fails as well", async () => {
  const directory = await newDirectory();
  const engine = await open(directory);
  await run(engine, "SET", "k", "a");
  // A directory in the place of the file it writes first.
  const obstacle = join(directory, "redis.snapshot.tmp");
  await mkdir(obstacle);
  disk.full = true;
  expect(await run(engine, "APPEND", "k", "b")).toBe(MISCONF);
  await vi.waitFor(() => expect(messages.join("\n")).toContain("EISDIR"), { timeout: 5_000 });
  disk.full = false;
  expect(await run(engine, "APPEND", "k", "c")).toBe(3);
  const copy = await copyOf(directory);
  expect(await dataFiles(copy)).not.toContain("redis.snapshot");
  expect(await run(await open(copy), "GET", "k")).toBe("abc");
  await rmdir(obstacle);
});

test("a full disk does nothing twice where the snapshot succeeds, and a write meanwhile waits for it", async () => {
  const directory = await newDirectory();
  const state = new RedisServerState({ activeExpiryIntervalMs: false });
  const database = state.getDatabase(0);
  const snapshot = await openSnapshot({
    directory,
    database,
    replay: async () => {},
    log: (message) => messages.push(message),
  });
  const add = (value: string): void => {
    database.setString(Buffer.from("k"), Buffer.from(value));
    snapshot.add({ at: Date.now(), command: words("SET", "k", value) });
  };
  try {
    disk.full = true;
    add("a");
    await expect(snapshot.kept()).rejects.toThrow("ENOSPC");
    // The new journal is there before its snapshot.
    await vi.waitFor(() => expect(existsSync(join(directory, "redis.journal-1"))).toBe(true), {
      timeout: 5_000,
      interval: 1,
    });
    disk.full = false;
    add("b");
    await snapshot.kept();
    const { entries } = decodeFrames(await readFile(join(directory, "redis.journal-1")));
    expect(entries.map(({ command }) => command.join(" "))).toEqual(["SET k b"]);
    expect(await dataFiles(directory)).toContain("redis.snapshot");
  } finally {
    await snapshot.close();
  }
});
