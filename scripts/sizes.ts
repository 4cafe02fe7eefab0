// `npm run build`: the Worker as it would be deployed, in dist/, and what it weighs. Needs no account.

import { execFile } from "node:child_process";
import { readdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { wranglerCommand, wranglerEnv } from "../local/dev/wrangler.ts";

/** What Cloudflare measures a Worker by. The free plan allows 3 MiB; start-up time is what the limit is for. */
const MOST_GZIP_BYTES = 150 * 1024;
const MODULE = /\.(js|mjs|wasm|txt|bin)$/;

const root = dirname(import.meta.dirname);
const outDir = join(root, "dist", "worker");
const { command, script } = wranglerCommand();
await rm(outDir, { recursive: true, force: true });
await promisify(execFile)(command, [script, "deploy", "--dry-run", "--outdir", outDir], {
  cwd: root,
  env: wranglerEnv(process.env, join(root, ".sedge")),
});

let total = 0;
for (const name of await readdir(outDir)) {
  if (!MODULE.test(name)) continue;
  const content = await readFile(join(outDir, name));
  const gzip = gzipSync(content).length;
  total += gzip;
  process.stdout.write(`${name}  ${kib(content.length)}, gzip ${kib(gzip)}\n`);
}
if (total === 0) throw new Error(`wrangler left no module in ${outDir}`);
process.stdout.write(`Worker  gzip ${kib(total)} of at most ${kib(MOST_GZIP_BYTES)}\n`);
process.exitCode = total <= MOST_GZIP_BYTES ? 0 : 1;

function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}
