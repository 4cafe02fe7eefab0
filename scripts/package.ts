// Builds the package into dist/, as it is packed and installed, and says what each part of it weighs in a Worker.
// `npm run build` and `npm pack` run it.

import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { measureEntries } from "./package/measure.ts";

const root = dirname(import.meta.dirname);
const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");

await Promise.all(
  ["lib", "functions", "local"].map((folder) =>
    rm(join(root, "dist", folder), { recursive: true, force: true }),
  ),
);
for (const project of ["tsconfig.package.json", "local/tsconfig.package.json"]) {
  await promisify(execFile)(process.execPath, [tsc, "-p", project], { cwd: root }).catch(
    ({ stdout }: { stdout: string }) => {
      throw new Error(`${project}:\n${stdout}`);
    },
  );
}

for (const { entry, gzipBytes } of await measureEntries(root)) {
  process.stdout.write(`${entry.padEnd(20)} gzip ${(gzipBytes / 1024).toFixed(1).padStart(5)} KiB\n`);
}
