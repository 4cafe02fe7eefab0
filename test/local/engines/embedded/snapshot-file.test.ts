// A snapshot that cannot be read: torn, changed, of another program or version.

import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engine } from "../../../../local/engine.ts";
import { createEmbeddedEngine } from "../../../../local/engines/embedded/engine.ts";
import { decodeSnapshot, encodeSnapshot } from "../../../../local/engines/embedded/snapshot-file.ts";
import { run } from "../support.ts";

let directory: string;
let messages: string[];

const file = (): string => join(directory, "redis.snapshot");

async function withEngine<Result>(use: (engine: Engine) => Promise<Result>): Promise<Result> {
  const engine = await createEmbeddedEngine({
    stateDir: directory,
    log: (message) => messages.push(message),
  });
  try {
    return await use(engine);
  } finally {
    await engine.close();
  }
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sedge-snapshot-file-"));
  messages = [];
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const WHOLE = Buffer.concat(
  encodeSnapshot({
    entries: [{ key: Buffer.from("k"), value: { type: "string", value: Buffer.from("v") } }],
    journal: 1,
  }),
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
])("a file %s is put aside with one message, and the engine starts empty", async (_what, content) => {
  await writeFile(file(), content);
  await withEngine(async (engine) => {
    expect(await run(engine, "DBSIZE")).toBe(0);
    await run(engine, "SET", "k", "new");
  });
  expect(messages).toHaveLength(1);
  expect(messages[0]).toContain(file());
  const aside = (await readdir(directory)).find((name) => name.includes("broken-")) ?? "";
  expect(await readFile(join(directory, aside))).toEqual(content);
  expect(await withEngine((engine) => run(engine, "GET", "k"))).toBe("new");
});

test("a write cut short before leaves the data as they were", async () => {
  await withEngine((engine) => run(engine, "SET", "k", "v"));
  await writeFile(`${file()}.tmp`, WHOLE.subarray(0, 30));
  expect(await withEngine((engine) => run(engine, "GET", "k"))).toBe("v");
  expect(messages).toEqual([]);
});

test("every cut of a file is seen as one", () => {
  for (let length = 0; length < WHOLE.length; length++) {
    expect(() => decodeSnapshot(WHOLE.subarray(0, length))).toThrow(/torn|not a snapshot/);
  }
});
