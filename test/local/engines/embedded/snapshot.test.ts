// The embedded engine's data across restarts, and across everything that may happen to its file.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, readdir, rm, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RedisServerState } from "js-redis-server/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Engine } from "../../../../local/engine.ts";
import { createEmbeddedEngine } from "../../../../local/engines/embedded/engine.ts";
import { openSnapshot } from "../../../../local/engines/embedded/snapshot.ts";
import { decodeSnapshot } from "../../../../local/engines/embedded/snapshot-file.ts";
import { plain, run, words } from "../support.ts";

let directory: string;
let messages: string[];
let opened: Engine[];

async function open(): Promise<Engine> {
  const engine = await createEmbeddedEngine({
    stateDir: directory,
    log: (message) => messages.push(message),
  });
  opened.push(engine);
  return engine;
}

const file = (): string => join(directory, "redis.snapshot");
const filesLike = async (part: string): Promise<string[]> =>
  (await readdir(directory)).filter((name) => name.includes(part));

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sedge-snapshot-"));
  messages = [];
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((engine) => engine.close()));
  await rm(directory, { recursive: true, force: true });
});

describe("a restart", () => {
  test("brings back every type, expiry, groups and pending entries", async () => {
    const bytes = Buffer.from([0, 255, 128]);
    const reads = [
      words("GET", "text"),
      words("GET", bytes),
      words("PEXPIRETIME", "text"),
      words("HGETALL", "hash"),
      words("LRANGE", "list", 0, -1),
      words("SMEMBERS", "set"),
      words("ZRANGE", "board", 0, -1, "WITHSCORES"),
      words("XRANGE", "stream", "-", "+"),
      words("XINFO", "GROUPS", "stream"),
      words("XPENDING", "stream", "g"),
      words("PFCOUNT", "visitors"),
    ];
    const first = await open();
    const written = await first.pipeline([
      words("SET", "text", "value", "PXAT", 4_102_444_800_123),
      words("SET", bytes, bytes),
      words("HSET", "hash", "field", bytes),
      words("RPUSH", "list", "a", "b", ""),
      words("SADD", "set", "1", "x"),
      words("ZADD", "board", "1.5", "m", "-inf", "n"),
      words("XADD", "stream", "1-1", "f", "v"),
      words("XADD", "stream", "2-1", "f", "v"),
      words("XGROUP", "CREATE", "stream", "g", "0"),
      words("XREADGROUP", "GROUP", "g", "c", "COUNT", 1, "STREAMS", "stream", ">"),
      words("PFADD", "visitors", "a", "b"),
      words("SET", "over", "soon", "PX", 1),
    ]);
    expect(written.map(plain)).not.toContainEqual(expect.stringMatching(/^-/));
    const before = (await first.pipeline(reads)).map(plain);
    await first.close();

    const second = await open();
    expect((await second.pipeline(reads)).map(plain)).toEqual(before);
    expect(await run(second, "EXISTS", "over")).toBe(0);
    expect(messages).toEqual([]);
  });

  test("brings back what only a script or an acknowledgement changed", async () => {
    const first = await open();
    await run(first, "XGROUP", "CREATE", "s", "g", "0", "MKSTREAM");
    await run(first, "EVAL", "redis.call('XADD', KEYS[1], '1-1', 'f', 'v')", 1, "s");
    await run(first, "XREADGROUP", "GROUP", "g", "c", "STREAMS", "s", ">");
    await first.close();
    const second = await open();
    expect(await run(second, "XPENDING", "s", "g")).toEqual([1, "1-1", "1-1", [["c", "1"]]]);
    // An acknowledgement changes nothing the library would tell of.
    await run(second, "XACK", "s", "g", "1-1");
    await second.close();
    expect(await run(await open(), "XPENDING", "s", "g")).toEqual([0, null, null, null]);
  });
});

describe("writing", () => {
  test("happens soon after a change, without a close", async () => {
    const engine = await open();
    await run(engine, "SET", "k", "v");
    await vi.waitFor(async () => expect(decodeSnapshot(await readFile(file())).entries).toHaveLength(1), {
      timeout: 5_000,
    });
  });

  test("happens only where something may have changed", async () => {
    const engine = await open();
    await run(engine, "GET", "k");
    await run(engine, "EVAL", "return redis.call('GET', 'k')", 0);
    await engine.close();
    expect(await filesLike("redis.snapshot")).toEqual([]);
  });

  test("that fails is told once, and tried again until it succeeds", async () => {
    const engine = await open();
    // A directory in the place of the file it writes first.
    await mkdir(`${file()}.tmp`);
    await run(engine, "SET", "k", "v");
    await vi.waitFor(() => expect(messages).toHaveLength(1), { timeout: 5_000 });
    expect(messages[0]).toMatch(/could not be written to .*redis\.snapshot.*Trying again/);
    expect(await run(engine, "GET", "k")).toBe("v");
    await rmdir(`${file()}.tmp`);
    await vi.waitFor(() => expect(messages).toHaveLength(2), { timeout: 5_000 });
    expect(messages[1]).toMatch(/is written to .* again/);
    expect(decodeSnapshot(await readFile(file())).entries).toHaveLength(1);
  });

  test("that fails at the end does not keep the engine from closing", async () => {
    const engine = await open();
    await mkdir(`${file()}.tmp`);
    await run(engine, "SET", "k", "v");
    await engine.close();
    expect(messages).toHaveLength(1);
  });
});

test("a snapshot waits for the transaction or script that is running", async () => {
  const state = new RedisServerState({ activeExpiryIntervalMs: false });
  const database = state.getDatabase(0);
  const snapshot = await openSnapshot({
    directory,
    database,
    replay: async () => {},
    log: (message) => messages.push(message),
  });
  const turn = await database.turnQueue.waitTurn();
  database.setString(Buffer.from("first"), Buffer.from("v"));
  snapshot.add({ at: Date.now(), command: [Buffer.from("PING")] });
  const closed = snapshot.close();
  await new Promise((resolve) => setImmediate(resolve));
  database.setString(Buffer.from("last"), Buffer.from("v"));
  turn.release();
  await closed;
  expect(decodeSnapshot(await readFile(file())).entries).toHaveLength(2);
});

test("a kill in the middle of writing leaves whole data, and the directory free", async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "snapshot-writer.ts"), directory]);
  child.stderr.resume();
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const exited = once(child, "exit");
  try {
    // The second snapshot replaces the first: by then it writes all the time.
    await vi.waitFor(() => expect(said).toContain("written 2"), { timeout: 20_000, interval: 1 });
  } finally {
    child.kill("SIGKILL");
    await exited;
  }

  const engine = await open();
  expect(messages).toEqual([]);
  const counts = (await run(engine, "MGET", "first", "last")) as [string, string];
  // Written in one transaction, so in one snapshot or none.
  expect(counts[0]).toBe(counts[1]);
  expect(Number(counts[0])).toBeGreaterThan(0);
}, 30_000);
