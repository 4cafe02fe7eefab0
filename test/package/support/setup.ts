// Once for all tests of the package: it is packed, as `npm publish` would do it.

import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestProject } from "vitest/node";
import { run } from "./run.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The packed package. */
    tarball: string;
  }
}

const root = dirname(dirname(dirname(import.meta.dirname)));

/** Packs, and hands on where that is. @returns what takes it away again */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "sedge-packed-"));
  await run(root, "npm", ["pack", "--pack-destination", folder]);
  const [name = ""] = await readdir(folder);
  provide("tarball", join(folder, name));
  return () => rm(folder, { recursive: true, force: true });
}
