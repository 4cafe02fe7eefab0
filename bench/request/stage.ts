// The Workers of a comparison, bundled, checked and running.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Bench } from "../harness/bench.ts";
import { bundleWorker, COMPATIBILITY_DATE, type Bundle } from "./bundle.ts";
import { signIn } from "./caller.ts";
import { CHECKED_LIMIT, checkWorker } from "./check.ts";
import { WORKERS, type Setting } from "./contestants.ts";
import type { Loaded } from "./throughput.ts";
import { startWorkerd, type RunningWorker } from "./workerd.ts";

/** Never reached. */
const WIDE_LIMIT = 100_000_000;

/** Bundles by their entry: two contestants may be one Worker at different settings. */
export type Bundles = ReadonlyMap<string, Bundle>;

export async function bundleAll(folder: string): Promise<Bundles> {
  const bundles = new Map<string, Bundle>();
  for (const worker of Object.values(WORKERS)) {
    const own = join(folder, worker.entry);
    await mkdir(own);
    bundles.set(worker.entry, await bundleWorker(worker, own));
  }
  return bundles;
}

function start(
  { gateway }: Bench,
  { worker, isInProcess }: Setting,
  bundles: Bundles,
  limit: number,
): Promise<RunningWorker> {
  const found = bundles.get(worker.entry);
  if (found === undefined) throw new Error(`Nothing was bundled for ${worker.entry}.`);
  return startWorkerd({
    script: found.script,
    compatibilityDate: COMPATIBILITY_DATE,
    compatibilityFlags: worker.compatibilityFlags,
    bindings: {
      UPSTASH_REDIS_REST_URL: gateway.url,
      UPSTASH_REDIS_REST_TOKEN: gateway.token,
      LIMIT: limit,
      IN_PROCESS: String(isInProcess),
    },
  });
}

/** @throws where a Worker leaves out what is measured. Empties Redis. */
export async function checkAll(bench: Bench, bundles: Bundles, settings: readonly Setting[]): Promise<void> {
  for (const setting of settings) {
    await using closing = new AsyncDisposableStack();
    const worker = await start(bench, setting, bundles, CHECKED_LIMIT);
    closing.defer(() => worker.close());
    await bench.redis.flush();
    // Those of others know fixed windows, or reckon by them: across a border more may pass.
    const most = setting.worker === WORKERS.sedge ? CHECKED_LIMIT : 2 * CHECKED_LIMIT;
    await checkWorker(setting.name, worker.url, { most, flush: () => bench.redis.flush() });
  }
}

/** Starts Workers with a limit that nobody reaches, each with a client of its own who is signed in. */
export async function startAll(
  bench: Bench,
  bundles: Bundles,
  settings: readonly Setting[],
  closing: AsyncDisposableStack,
): Promise<Loaded[]> {
  const loaded: Loaded[] = [];
  for (const [i, setting] of settings.entries()) {
    const worker = await start(bench, setting, bundles, WIDE_LIMIT);
    closing.defer(() => worker.close());
    const reader = await signIn(worker.url, `203.0.113.${i + 1}`);
    async function run(): Promise<void> {
      const { status } = await reader.read();
      if (status !== 200) throw new Error(`${setting.name} answered ${status}.`);
    }
    loaded.push({ name: setting.name, run, cpuMs: () => worker.cpuMs() });
  }
  return loaded;
}
