// What the package's entries weigh in a Worker: bundled as wrangler does it, minified, gzipped.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

export interface EntrySize {
  /** As it is imported: `sedge/cache`. */
  entry: string;
  gzipBytes: number;
}

/** The entries that can be imported, by the manifest in `root`. */
export async function readEntries(root: string): Promise<string[]> {
  const manifest: { name: string; exports: Record<string, unknown> } = JSON.parse(
    await readFile(join(root, "package.json"), "utf8"),
  );
  return Object.keys(manifest.exports)
    .filter((path) => !path.endsWith(".json"))
    .map((path) => join(manifest.name, path));
}

/** @param root where the package is built, and finds itself by its own name */
export async function measureEntries(root: string): Promise<EntrySize[]> {
  const entries = await readEntries(root);
  return Promise.all(
    entries.map(async (entry) => ({ entry, gzipBytes: await measure(root, `export * from "${entry}";`) })),
  );
}

/**
 * The bytes of a module with all it needs, minified and gzipped.
 * @throws where something of it needs Node
 */
export async function measure(root: string, source: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: root },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2024",
    // Not Node: an import of its modules is an error.
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*"],
    logLevel: "silent",
  });
  return gzipSync(outputFiles[0]?.contents ?? "").length;
}
