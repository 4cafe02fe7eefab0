// Workers, bundled by wrangler as it would deploy them. Needs no account.

import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { wranglerCommand, wranglerEnv } from "../../local/dev/wrangler.ts";

export interface WorkerSource {
  /** The file in workers/, without its ending. */
  readonly entry: string;
  readonly compatibilityFlags: readonly string[];
}

export interface Bundle {
  /** The module that would be deployed. */
  readonly script: string;
  /** As uploaded, for `wrangler check startup`. */
  readonly uploadPath: string;
  /** In KiB, as wrangler says. */
  readonly size: { readonly total: number; readonly gzip: number };
}

export const COMPATIBILITY_DATE = "2026-07-30";

/** Runs wrangler, and leaves nothing outside `folder`. @returns what it says */
export async function wrangler(folder: string, args: readonly string[]): Promise<string> {
  const { command, script } = wranglerCommand();
  const { stdout } = await promisify(execFile)(command, [script, ...args], {
    cwd: folder,
    env: wranglerEnv(process.env, folder),
  });
  return stdout;
}

/** @param folder where to leave it, of its own */
export async function bundle(configPath: string, main: string, folder: string): Promise<Bundle> {
  const uploadPath = join(folder, "upload.bundle");
  const outputs = ["--outdir", join(folder, "out"), "--outfile", uploadPath];
  const said = await wrangler(folder, ["deploy", "--dry-run", "--config", configPath, ...outputs]);
  const [, total, gzip] = /Total Upload: ([\d.]+) KiB \/ gzip: ([\d.]+) KiB/.exec(said) ?? [];
  if (total === undefined || gzip === undefined) throw new Error(`wrangler says no size:\n${said}`);
  return {
    script: await readFile(join(folder, "out", `${main}.js`), "utf8"),
    uploadPath,
    size: { total: Number(total), gzip: Number(gzip) },
  };
}

/** One of the Workers in workers/. */
export async function bundleWorker(
  { entry, compatibilityFlags }: WorkerSource,
  folder: string,
): Promise<Bundle> {
  const configPath = join(folder, "wrangler.json");
  const config = {
    name: entry,
    main: join(import.meta.dirname, "workers", `${entry}.ts`),
    compatibility_date: COMPATIBILITY_DATE,
    compatibility_flags: compatibilityFlags,
    minify: true,
    // What it is given when it runs stands in for these; without any, a client's constructor would complain.
    vars: { UPSTASH_REDIS_REST_URL: "http://127.0.0.1:8079", UPSTASH_REDIS_REST_TOKEN: "local", LIMIT: 100 },
  };
  await writeFile(configPath, JSON.stringify(config));
  return bundle(configPath, entry, folder);
}
