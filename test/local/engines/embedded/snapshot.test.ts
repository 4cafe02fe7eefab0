// The embedded engine's data across restarts, and across everything that may happen to its file.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, readdir, rm, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Engine } from "../../../../local/engine.ts";
import { createEmbeddedEngine } from "../../../../local/engines/embedded/engine.ts";
import { decodeSnapshot, encodeSnapshot } from "../../../../local/engines/embedded/snapshot-file.ts";
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
  test("happens within a second of a change, without a close", async () => {
    const engine = await open();
    await run(engine, "SET", "k", "v");
    await vi.waitFor(async () => expect(decodeSnapshot(await readFile(file()))).toHaveLength(1), {
      timeout: 1_000,
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
    expect(decodeSnapshot(await readFile(file()))).toHaveLength(1);
  });

  test("that fails at the end does not keep the engine from closing", async () => {
    const engine = await open();
    await mkdir(`${file()}.tmp`);
    await run(engine, "SET", "k", "v");
    await engine.close();
    expect(messages).toHaveLength(1);
  });
});

describe("a file that cannot be read", () => {
  const WHOLE = Buffer.concat(
    encodeSnapshot([{ key: Buffer.from("k"), value: { type: "string", value: Buffer.from("v") } }]),
  );
  const flipped = Buffer.from(WHOLE);
  flipped[WHOLE.length - 3] = (flipped[WHOLE.length - 3] ?? 0) ^ 1;
  const later = Buffer.from(WHOLE);
  later.writeUInt32BE(99, 8);

  test.each([
    ["empty", Buffer.alloc(0)],
    ["torn in its header", WHOLE.subarray(0, 20)],
    ["torn in its data", WHOLE.subarray(0, -1)],
    ["changed in one bit", flipped],
    ["of another program", Buffer.from("REDIS0009 is not ours, whatever it holds")],
    ["of a later version", later],
  ])("is put aside with one message: %s", async (_what, content) => {
    await writeFile(file(), content);
    const engine = await open();
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain(file());
    const [aside = ""] = await filesLike("broken-");
    expect(await readFile(join(directory, aside))).toEqual(content);
    expect(await run(engine, "DBSIZE")).toBe(0);
    await run(engine, "SET", "k", "new");
    await engine.close();
    expect(await run(await open(), "GET", "k")).toBe("new");
  });

  test("a write cut short before leaves the data as they were", async () => {
    const first = await open();
    await run(first, "SET", "k", "v");
    await first.close();
    await writeFile(`${file()}.tmp`, WHOLE.subarray(0, 30));
    expect(await run(await open(), "GET", "k")).toBe("v");
    expect(messages).toEqual([]);
  });

  test("every cut of a file is seen as one", () => {
    for (let length = 0; length < WHOLE.length; length++) {
      expect(() => decodeSnapshot(WHOLE.subarray(0, length))).toThrow(/torn|not a snapshot/);
    }
  });
});

test("a kill in the middle of writing leaves whole data, and the directory free", async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "snapshot-writer.ts"), directory]);
  child.stderr.resume();
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  // The second snapshot replaces the first: by then it writes all the time.
  await vi.waitFor(() => expect(said).toContain("written 2"), { timeout: 20_000, interval: 1 });
  child.kill("SIGKILL");
  await once(child, "exit");

  const engine = await open();
  expect(messages).toEqual([]);
  const counts = (await run(engine, "MGET", "first", "last")) as [string, string];
  // Written in one transaction, so in one snapshot or none.
  expect(counts[0]).toBe(counts[1]);
  expect(Number(counts[0])).toBeGreaterThan(0);
}, 30_000);
