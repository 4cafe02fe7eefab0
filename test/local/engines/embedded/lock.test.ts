// One process per state directory.

import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockDirectory } from "../../../../local/engines/embedded/lock.ts";
import { openEngine } from "../../../../local/engines/open.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sedge-lock-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test("a second engine on one directory is refused, with the holder's process and what to do", async () => {
  const options = { stateDir: directory, log: () => {} };
  const engine = await openEngine(options);
  await expect(openEngine(options)).rejects.toThrow(
    `Another process (pid ${process.pid}) keeps its Redis data in ${directory}. Stop it, or set SEDGE_STATE`,
  );
  await engine.close();
  await (await openEngine(options)).close();
});

test.each([
  ["of a process that is gone", "4194304 1"],
  ["of a process whose id another has now", `${process.pid} 1`],
  ["that says nothing", ""],
  ["that says nonsense", "not a pid"],
])("a lock %s is taken over", async (_what, content) => {
  await writeFile(join(directory, "redis.lock.1"), content);
  const unlock = await lockDirectory(directory);
  expect(await readdir(directory)).toEqual(["redis.lock.2"]);
  expect(await readFile(join(directory, "redis.lock.2"), "utf8")).toMatch(new RegExp(`^${process.pid} `));
  await unlock();
  await unlock();
  expect(await readdir(directory)).toEqual([]);
});

test("of many that want a stale lock at once, one gets it", async () => {
  await writeFile(join(directory, "redis.lock.1"), "4194304 1");
  const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => lockDirectory(directory)));
  expect(attempts.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("a directory that is missing is made", async () => {
  const nested = join(directory, "a", "b");
  await (
    await lockDirectory(nested)
  )();
  expect(await readdir(nested)).toEqual([]);
});
