// What a Worker weighs, and how long it takes to start, by wrangler's own commands.

import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Part } from "../harness/bench.ts";
import { percentile } from "../harness/statistics.ts";
import type { Table } from "../harness/table.ts";
import { bundle, bundleWorker, wrangler, type Bundle } from "../request/bundle.ts";
import { WORKERS } from "../request/contestants.ts";
import { measure } from "../../scripts/package/measure.ts";

const ROOT = dirname(dirname(import.meta.dirname));
const STARTS = 3;
/** Times of less than this much apart are taken for alike. */
const ALIKE = 1.1;

interface Weighed {
  readonly name: string;
  readonly bundle: (folder: string) => Promise<Bundle>;
}

/** The first of a request is the one the others are compared with. */
const REQUESTS: readonly Weighed[] = [
  { name: "the request: Sedge", bundle: (folder) => bundleWorker(WORKERS.sedge, folder) },
  { name: "the request: peers, all at once", bundle: (folder) => bundleWorker(WORKERS.peers, folder) },
  {
    name: "the request: peers, counts and values in the isolate",
    bundle: (folder) => bundleWorker(WORKERS.peersInProcess, folder),
  },
  { name: "the request: by hand", bundle: (folder) => bundleWorker(WORKERS.byHand, folder) },
];
const WHOLE: Weighed = {
  name: "Sedge's own Worker, with all its API",
  bundle: (folder) => bundle(join(ROOT, "wrangler.toml"), "index", folder),
};

/** @returns milliseconds in which it computed, in the median of some starts */
async function startUp(folder: string, { uploadPath }: Bundle, starts: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < starts; i += 1) {
    const said = await wrangler(folder, ["check", "startup", "--worker", uploadPath]);
    const [, active] = /Active: ([\d.]+) ms/.exec(said) ?? [];
    if (active === undefined) throw new Error(`wrangler says no start-up time:\n${said}`);
    times.push(Number(active));
  }
  return percentile(times, 50);
}

async function workers(starts: number): Promise<Table> {
  await using closing = new AsyncDisposableStack();
  const parent = await mkdtemp(join(tmpdir(), "sedge-bench-"));
  closing.defer(() => rm(parent, { recursive: true }));

  const weighed = [];
  for (const [i, one] of [...REQUESTS, WHOLE].entries()) {
    const folder = join(parent, String(i));
    await mkdir(folder);
    const bundled = await one.bundle(folder);
    weighed.push({ ...one, size: bundled.size, startMs: await startUp(folder, bundled, starts) });
  }
  const [ours] = weighed;
  const rows = weighed.map((one) => {
    const cell = (its: number, own: number, alike = 1): string =>
      one !== ours && its * alike < own ? `**${its.toFixed(1)}**` : its.toFixed(1);
    return [
      one.name,
      cell(one.size.total, ours?.size.total ?? 0),
      cell(one.size.gzip, ours?.size.gzip ?? 0),
      cell(one.startMs, ours?.startMs ?? 0, ALIKE),
    ];
  });
  return {
    title: "Workers: size and start-up",
    columns: ["", "KiB", "KiB gzipped", "start-up, ms"],
    rows,
    note: `Minified. *Start-up* is the time in which the Worker computed before its first request, in the median of ${starts}, on this machine's processor.`,
  };
}

/** From the sources, which nothing has to be built for: a bundle is made of the same code. */
async function entries(): Promise<Table> {
  const manifest = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as {
    name: string;
    exports: Record<string, string | { default: string }>;
  };
  const rows: string[][] = [];
  for (const [path, built] of Object.entries(manifest.exports)) {
    if (typeof built === "string") continue;
    const source = built.default.replace("./dist/", "./").replace(/\.js$/, ".ts");
    const bytes = await measure(ROOT, `export * from "${source}";`);
    rows.push([`\`${join(manifest.name, path)}\``, (bytes / 1_024).toFixed(1)]);
  }
  return {
    title: "The package's entries",
    columns: ["", "KiB gzipped"],
    rows,
    note: "Each by itself, with all it needs, minified: what two of them share is in a Worker once.",
  };
}

export const worker: Part = {
  name: "worker",
  async run({ isQuick }) {
    return {
      title: "What a Worker weighs",
      text: "The Workers of [the whole request](#the-whole-request), and Sedge's own, by `wrangler deploy --dry-run` and `wrangler check startup`, which need no account; the entries as a Worker bundles them.",
      tables: [await workers(isQuick ? 1 : STARTS), await entries()],
    };
  },
};
