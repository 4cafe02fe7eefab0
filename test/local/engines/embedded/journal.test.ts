// What was answered survives a kill: the journal, and how it meets the snapshot.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { decodeFrames, encodeFrame } from "../../../../local/engines/embedded/journal-file.ts";
import { run, words } from "../support.ts";
import { ask, createStage, dataFiles } from "./stage.ts";

const { messages, newDirectory, open, copyOf, clear } = createStage();

const frame = (...command: string[]): Buffer => encodeFrame([{ at: Date.now(), command: words(...command) }]);

afterEach(clear);

describe("what was answered, and is in no snapshot yet", () => {
  test("is there after a kill: of commands, scripts and transactions, ids and chance as they were", async () => {
    const directory = await newDirectory();
    const engine = await open(directory);
    await engine.pipeline([
      words("SET", "text", "1", "EX", 1_000),
      words("APPEND", "text", Buffer.from([0, 255])),
      words("SADD", "set", ...Array.from({ length: 50 }, (_, i) => i)),
      words("SPOP", "set"),
      words("SPOP", "set", 10),
      words("SPOP", "no set"),
      words("XADD", "stream", "*", "f", "*"),
      words("XADD", "stream", "MAXLEN", "~", 100, "LIMIT", 10, "*", "f", "v"),
      words("XADD", "stream", "5000000000000-*", "f", "v"),
      words("XADD", "none", "NOMKSTREAM", "*", "f", "v"),
      words("XGROUP", "CREATE", "stream", "g", "0"),
      words("XREADGROUP", "GROUP", "g", "c", "COUNT", 2, "STREAMS", "stream", ">"),
      words("LPUSH", "text", "of the wrong type"),
      words(
        "EVAL",
        "redis.call('XADD', KEYS[1], '*', 'at', redis.call('TIME')[2]) redis.call('SPOP', KEYS[2], 3)",
        2,
        "scripted",
        "set",
      ),
    ]);
    await engine.transaction([words("INCR", "count"), words("PEXPIRE", "count", 5_000_000)]);

    const reads = [
      words("GET", "text"),
      words("SMEMBERS", "set"),
      words("XRANGE", "stream", "-", "+"),
      words("XRANGE", "scripted", "-", "+"),
      words("XPENDING", "stream", "g"),
      words("EXISTS", "none"),
      words("GET", "count"),
      words("DBSIZE"),
    ];
    const copy = await copyOf(directory);
    expect(await dataFiles(copy)).toEqual(["redis.journal-0"]);
    const { entries } = decodeFrames(await readFile(join(copy, "redis.journal-0")));
    const [[id]] = (await run(engine, "XRANGE", "stream", "-", "+", "COUNT", 1)) as [[string]];
    expect(entries.map(({ command }) => command.join(" "))).toContain(`XADD stream ${id} f *`);
    const after = await open(copy);
    expect(await ask(after, reads)).toEqual(await ask(engine, reads));
    for (const key of ["text", "count"]) {
      const times = await Promise.all([run(engine, "PEXPIRETIME", key), run(after, "PEXPIRETIME", key)]);
      expect(Math.abs(Number(times[0]) - Number(times[1]))).toBeLessThan(50);
    }
  });

  test("ends when it would have ended, whatever was done with it before", async () => {
    const directory = await newDirectory();
    const engine = await open(directory);
    await run(engine, "SET", "short", "a", "PX", 60);
    expect(await run(engine, "APPEND", "short", "b")).toBe(2);
    const copy = await copyOf(directory);
    await vi.waitFor(async () => expect(await run(engine, "EXISTS", "short")).toBe(0));
    // Done again without their times, the second command would make a key that never ends.
    expect(await run(await open(copy), "EXISTS", "short")).toBe(0);
  });

  test("is there after a kill in the middle of writes, each to the last that was answered", async () => {
    const directory = await newDirectory();
    const child = spawn(process.execPath, [join(import.meta.dirname, "journal-writer.ts"), directory]);
    child.stderr.resume();
    let said = "";
    let answered = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      answered = Number(said.split("\n").at(-2));
    });
    const closed = once(child, "close");
    try {
      // Long enough for several snapshots to be written meanwhile.
      await vi.waitFor(() => expect(answered).toBeGreaterThan(3_000), { timeout: 20_000, interval: 1 });
    } finally {
      child.kill("SIGKILL");
      await closed;
    }
    const engine = await open(directory);
    expect(messages).toEqual([]);
    const [first, last] = (await run(engine, "MGET", "first", "last")) as [string, string];
    expect(first).toBe(last);
    expect(Number(last)).toBeGreaterThanOrEqual(answered);
    expect(Number(last)).toBeLessThanOrEqual(answered + 1);
  }, 30_000);
});

describe("journals and snapshots", () => {
  test("a snapshot takes the place of the journals before it", async () => {
    const directory = await newDirectory();
    const engine = await open(directory);
    for (let i = 0; i < 3; i += 1) await run(engine, "INCR", "count");
    await vi.waitFor(async () =>
      expect(await dataFiles(directory)).toEqual(["redis.journal-1", "redis.snapshot"]),
    );
    await run(engine, "INCR", "count");
    expect(await run(await open(await copyOf(directory)), "GET", "count")).toBe("4");
  });

  test("a kill before the old journal was removed does nothing twice", async () => {
    const directory = await newDirectory();
    const engine = await open(directory);
    await run(engine, "INCR", "count");
    const old = await readFile(join(directory, "redis.journal-0"));
    await engine.close();
    await writeFile(join(directory, "redis.journal-0"), old);
    expect(await run(await open(directory), "GET", "count")).toBe("1");
  });

  test("a kill between a journal's beginning and its snapshot loses nothing", async () => {
    const directory = await newDirectory();
    await writeFile(join(directory, "redis.journal-0"), frame("SET", "k", "a"));
    await writeFile(join(directory, "redis.journal-1"), frame("APPEND", "k", "b"));
    const engine = await open(directory);
    await run(engine, "APPEND", "k", "c");
    expect(await run(await open(await copyOf(directory)), "GET", "k")).toBe("abc");
  });

  test("a frame cut short at any place is left out, those before it are not, and it is written over", async () => {
    const whole = frame("SET", "k", "a");
    const next = frame("APPEND", "k", "b");
    for (let length = 0; length < next.length; length += 1) {
      const { entries, end } = decodeFrames(Buffer.concat([whole, next.subarray(0, length)]));
      expect([entries.length, end]).toEqual([1, whole.length]);
    }
    const directory = await newDirectory();
    await writeFile(join(directory, "redis.journal-0"), Buffer.concat([whole, next.subarray(0, -1)]));
    const engine = await open(directory);
    expect(await run(engine, "GET", "k")).toBe("a");
    await run(engine, "APPEND", "k", "c");
    expect(await run(await open(await copyOf(directory)), "GET", "k")).toBe("ac");
  });
});

test("zeros behind the last frame are no frames", async () => {
  const whole = frame("SET", "k", "a");
  const file = Buffer.concat([whole, Buffer.alloc(4_096)]);
  expect(decodeFrames(file)).toMatchObject({ entries: { length: 1 }, end: whole.length });
  const directory = await newDirectory();
  await writeFile(join(directory, "redis.journal-0"), file);
  const engine = await open(directory);
  await run(engine, "APPEND", "k", "b");
  expect(await run(await open(await copyOf(directory)), "GET", "k")).toBe("ab");
});
