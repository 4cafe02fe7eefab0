// Engines that keep their data in directories, and copies of those as a kill would leave them.

import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine, EngineCommand } from "../../../../local/engine.ts";
import { createEmbeddedEngine } from "../../../../local/engines/embedded/engine.ts";
import { plain } from "../support.ts";

/** For one file's tests; each ends with `clear`. */
export function createStage() {
  const directories: string[] = [];
  const opened: Engine[] = [];
  /** What the engines have logged. */
  const messages: string[] = [];

  async function newDirectory(): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), "sedge-journal-"));
    directories.push(directory);
    return directory;
  }

  async function open(directory: string): Promise<Engine> {
    const engine = await createEmbeddedEngine({
      stateDir: directory,
      log: (message) => messages.push(message),
    });
    opened.push(engine);
    return engine;
  }

  /** What a kill at this moment would leave behind. */
  async function copyOf(directory: string): Promise<string> {
    const copy = await newDirectory();
    for (const name of await dataFiles(directory)) await copyFile(join(directory, name), join(copy, name));
    return copy;
  }

  return {
    messages,
    newDirectory,
    open,
    copyOf,
    clear: async (): Promise<void> => {
      await Promise.all(opened.splice(0).map((engine) => engine.close()));
      await Promise.all(
        directories.splice(0).map((directory) => rm(directory, { recursive: true, force: true })),
      );
      messages.length = 0;
    },
  };
}

/** The journals and snapshots in a directory, half written ones too. */
export async function dataFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /^redis\.(journal|snapshot)/.test(entry.name))
    .map(({ name }) => name)
    .toSorted();
}

export const ask = async (engine: Engine, commands: readonly EngineCommand[]): Promise<unknown[]> =>
  (await engine.pipeline(commands)).map(plain);
