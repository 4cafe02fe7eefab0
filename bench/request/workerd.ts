// A Worker in a workerd of its own, by Miniflare (wrangler's own), asked directly.

import { readdirSync, readFileSync } from "node:fs";
import { Miniflare } from "miniflare";

export interface RunningWorker {
  readonly url: URL;
  /** Milliseconds of CPU that its workerd has used since it began, in all its threads. */
  cpuMs(): number;
  close(): Promise<void>;
}

export interface WorkerdOptions {
  /** A module, bundled. */
  readonly script: string;
  readonly compatibilityDate: string;
  readonly compatibilityFlags: readonly string[];
  readonly bindings: Record<string, string | number>;
}

/** Processes that this one has started. */
function children(): Set<number> {
  const found = new Set<number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // The name, in parentheses, may hold anything; then come the state and the parent.
      const [, parent] = readFileSync(`/proc/${name}/stat`, "latin1")
        .replace(/^.*\) /s, "")
        .split(" ");
      if (Number(parent) === process.pid) found.add(Number(name));
    } catch {
      // It ended while it was looked at.
    }
  }
  return found;
}

/** Of Linux: nanoseconds on a processor, of each thread. */
function cpuMsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
    const [nanoseconds] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ");
    return sum + Number(nanoseconds) / 1_000_000;
  }, 0);
}

export async function startWorkerd({
  script,
  compatibilityDate,
  compatibilityFlags,
  bindings,
}: WorkerdOptions): Promise<RunningWorker> {
  const before = children();
  const miniflare = new Miniflare({
    modules: true,
    script,
    compatibilityDate,
    compatibilityFlags: [...compatibilityFlags],
    bindings,
    // Past Miniflare's own Worker before it, whose work would be counted to every contestant.
    unsafeDirectSockets: [{ host: "127.0.0.1" }],
  });
  await miniflare.ready;
  const pid = [...children()].find((child) => !before.has(child));
  if (pid === undefined) throw new Error("Miniflare started no workerd.");
  return {
    url: await miniflare.unsafeGetDirectURL(),
    cpuMs: () => cpuMsOf(pid),
    close: () => miniflare.dispose(),
  };
}
