// Holds the architecture: prints every breach, and ends with 1 where there is one.

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { findBreaches } from "./architecture/breaches.ts";
import { readSources } from "./architecture/sources.ts";

const root = dirname(import.meta.dirname);
const manifest: Record<"dependencies" | "peerDependencies", Record<string, string>> = JSON.parse(
  await readFile(join(root, "package.json"), "utf8"),
);
const sources = await readSources(root);
const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
const breaches = findBreaches(sources, dependencies);
for (const breach of breaches) process.stderr.write(`${breach}\n`);
process.stdout.write(`architecture: ${sources.length} files, ${breaches.length} breaches\n`);
process.exitCode = breaches.length === 0 ? 0 : 1;
