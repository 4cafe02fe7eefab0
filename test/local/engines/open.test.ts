import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openEngine } from "../../../local/engines/open.ts";
import { run } from "./support.ts";

const log = (): void => {};

test("without a REDIS_URL, or with an empty one, the engine is embedded", async () => {
  for (const options of [{}, { redisUrl: "" }]) {
    const engine = await openEngine({ ...options, stateDir: null, log });
    expect(engine.description).toMatch(/^embedded \(js-redis-server \d+\.\d+\.\d+\)$/);
    await engine.close();
  }
});

test("with a directory the embedded engine keeps its data, without one it does not", async () => {
  const directory = await mkdtemp(join(tmpdir(), "sedge-open-"));
  for (const [stateDir, kept] of [
    [directory, "v"],
    [null, null],
  ] as const) {
    const first = await openEngine({ stateDir, log });
    await run(first, "SET", "k", "v");
    await first.close();
    const second = await openEngine({ stateDir, log });
    expect(await run(second, "GET", "k")).toBe(kept);
    await second.close();
  }
  await rm(directory, { recursive: true });
});

test("a directory that is none is an error that names SEDGE_STATE", async () => {
  const directory = await mkdtemp(join(tmpdir(), "sedge-open-"));
  const file = join(directory, "file");
  await writeFile(file, "");
  await expect(openEngine({ stateDir: file, log })).rejects.toThrow(/^SEDGE_STATE: .*no directory/);
  await rm(directory, { recursive: true });
});

test("a URL of another kind is an error that says what to write", async () => {
  const opening = openEngine({ redisUrl: "https://:hunter2@eu1.upstash.io", stateDir: null, log });
  await expect(opening).rejects.toThrow(/REDIS_URL.*redis:\/\/HOST:PORT/);
  await expect(opening).rejects.not.toThrow(/hunter2/);
});
