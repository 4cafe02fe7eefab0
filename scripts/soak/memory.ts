// The memory of the processes that serve: each one's resident set, as Linux counts it, and how it goes over time.

import { readdir, readFile } from "node:fs/promises";

const WATCHED = { "local/dev.ts": "dev and REST server", "wrangler.js": "wrangler", workerd: "workerd" };
/** The first third of a run is for warming up: code is compiled, caches and heaps come to their size. */
const WARM_UP_SHARE = 1 / 3;
/** How much more the straight line through what was measured may have at its end than at its beginning. */
const MAX_GROWTH_SHARE = 0.2;
const MAX_GROWTH_MIB = 16;
/** Of processes that were started again shortly before the end nothing can be said. */
const LEAST_SECONDS = 180;

export interface Sample {
  readonly seconds: number;
  readonly mib: number;
}

export interface Growth {
  readonly process: string;
  /** Between the first and the last. */
  readonly seconds: number;
  readonly firstMib: number;
  readonly lastMib: number;
  readonly mibPerMinute: number;
  /** By the line, from its beginning to its end. */
  readonly growthMib: number;
  readonly allowedMib: number;
}

export interface MemoryWatch {
  look(): Promise<void>;
  growth(): Growth[];
}

export const tooMuchGrowth = (growth: readonly Growth[]): string[] =>
  growth
    .filter(({ seconds, growthMib, allowedMib }) => seconds >= LEAST_SECONDS && growthMib > allowedMib)
    .map(({ process, growthMib }) => `the memory of ${process} grows: ${growthMib.toFixed(1)} MiB`);

/**
 * Watches a process and all it has started. Where there is no /proc there is nothing to see.
 * @param generation another one whenever those it has started are others: what was seen of the old ones is forgotten
 */
export function watchMemory(pid: number, generation: () => number): MemoryWatch {
  const begun = performance.now();
  const samples = new Map<string, Sample[]>();
  let seen = generation();
  return {
    async look() {
      if (generation() !== seen) samples.clear();
      seen = generation();
      const seconds = (performance.now() - begun) / 1_000;
      for (const [process, mib] of await residentOf(pid)) {
        samples.set(process, [...(samples.get(process) ?? []), { seconds, mib }]);
      }
    },
    growth: () => [...samples].map(([process, all]) => growthOf(process, all)),
  };
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** @param all in the order they were taken */
export function growthOf(process: string, all: readonly Sample[]): Growth {
  const warm = all.slice(Math.floor(all.length * WARM_UP_SHARE));
  const [time, mib] = [meanOf(warm.map(({ seconds }) => seconds)), meanOf(warm.map((one) => one.mib))];
  // The line of least squares.
  const product = warm.reduce((sum, one) => sum + (one.seconds - time) * (one.mib - mib), 0);
  const square = warm.reduce((sum, one) => sum + (one.seconds - time) ** 2, 0);
  const slope = square === 0 ? 0 : product / square;
  const [first, last] = [warm[0], warm.at(-1)];
  const seconds = (last?.seconds ?? 0) - (first?.seconds ?? 0);
  return {
    process,
    seconds,
    firstMib: first?.mib ?? 0,
    lastMib: last?.mib ?? 0,
    mibPerMinute: slope * 60,
    growthMib: slope * seconds,
    allowedMib: mib * MAX_GROWTH_SHARE + MAX_GROWTH_MIB,
  };
}

/** By process, in MiB. Several of one kind count as one. */
async function residentOf(root: number): Promise<Map<string, number>> {
  const names = await readdir("/proc").catch((): string[] => []);
  const all = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map(readProcess));
  const known = all.flatMap((one) => (one === null ? [] : [one]));
  const family = new Set([root]);
  // Grows while it is walked.
  for (const member of family) {
    for (const { pid, parent } of known) if (parent === member) family.add(pid);
  }
  const sizes = new Map<string, number>();
  for (const { pid, command, mib } of known) {
    const name = Object.entries(WATCHED).find(([part]) => command.includes(part))?.[1];
    if (family.has(pid) && name !== undefined) sizes.set(name, (sizes.get(name) ?? 0) + mib);
  }
  return sizes;
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  readonly mib: number;
}

async function readProcess(name: string): Promise<Process | null> {
  try {
    const status = await readFile(`/proc/${name}/status`, "utf8");
    const [command = "", ...rest] = (await readFile(`/proc/${name}/cmdline`, "utf8")).split("\0");
    const field = (label: string): number =>
      Number(new RegExp(`^${label}:\\s*(\\d+)`, "m").exec(status)?.[1] ?? 0);
    // The guard before wrangler names it too, but as an argument of its own.
    const script = rest[0]?.endsWith("guard.ts") ? "" : `${command.split("/").at(-1) ?? ""} ${rest[0] ?? ""}`;
    return { pid: Number(name), parent: field("PPid"), command: script, mib: field("VmRSS") / 1_024 };
  } catch {
    // It has ended meanwhile.
    return null;
  }
}
