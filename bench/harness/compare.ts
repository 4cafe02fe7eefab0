// Contestants doing the same thing, by turns, in one run.

import type { Bench } from "./bench.ts";
import { percentile } from "./statistics.ts";
import type { Table } from "./table.ts";

export interface Contestant {
  /** The first contestant is the one the others are compared with. */
  readonly name: string;
  /** What is to be there before each run. Neither counted nor timed. */
  readonly prepare?: (i: number) => Promise<unknown>;
  /** One operation. `i` is another each time, for keys of its own. */
  readonly run: (i: number) => Promise<unknown>;
  /** What goes on behind the answer (`waitUntil`): counted, its CPU too, but not timed. */
  readonly settle?: () => Promise<unknown>;
  /** Milliseconds of CPU used so far by the process that does the work, where it is not this one. */
  readonly cpuMs?: () => number;
}

export interface Scenario {
  readonly title: string;
  readonly contestants: readonly [Contestant, ...Contestant[]];
  /** Timed runs of each contestant at each delay: by default 300 without, 40 with 5 ms, 15 with 40 ms. */
  readonly rounds?: readonly [number, number, number];
}

const DELAYS_MS = [0, 5, 40] as const;
const ROUNDS = [300, 40, 15] as const;
const WARM_UP = 20;
/** The distance at which trips are counted: far enough that what is sent at once is under way at once. */
export const COUNTED_AT_MS = 5;
/** Times of less than this much apart are taken for alike. */
const ALIKE = 1.1;
/** How the names of our own begin, the first contestant's and those of its other settings. */
const OURS = "Sedge";

interface Result {
  name: string;
  trips: number;
  requests: number;
  commands: number;
  cpuMs: number;
  times: { median: number; p99: number }[];
}

function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/**
 * Counts each contestant's operation once, warm; then times it at each distance, by turns: each round runs every contestant
 * once, and another one begins. CPU is taken at no distance, with what goes on behind the answer: by default this process's,
 * which is the client's and the pattern's own work.
 */
export async function compare({ gateway, isQuick }: Bench, scenario: Scenario): Promise<Table> {
  const { contestants, rounds = ROUNDS } = scenario;
  await gateway.delay(0);
  let i = 0;
  const results: Result[] = [];
  for (const { name, prepare, run, settle } of contestants) {
    for (let warm = 0; warm < (isQuick ? 2 : WARM_UP); warm += 1) {
      i += 1;
      await prepare?.(i);
      await run(i);
      await settle?.();
    }
    i += 1;
    await prepare?.(i);
    await gateway.delay(COUNTED_AT_MS);
    const counts = await gateway.counted(async () => {
      await run(i);
      await settle?.();
    });
    await gateway.delay(0);
    results.push({ name, ...counts, cpuMs: 0, times: [] });
  }

  for (const [at, delayMs] of DELAYS_MS.entries()) {
    await gateway.delay(delayMs);
    const count = isQuick ? 3 : (rounds[at] ?? 1);
    const times: number[][] = contestants.map(() => []);
    const cpu = contestants.map(() => 0);
    for (let round = 0; round < count; round += 1) {
      for (const turn of contestants.keys()) {
        const index = (turn + round) % contestants.length;
        const contestant = contestants[index];
        if (contestant === undefined) continue;
        i += 1;
        await contestant.prepare?.(i);
        const { cpuMs = ownCpuMs } = contestant;
        const before = cpuMs();
        const started = performance.now();
        await contestant.run(i);
        times[index]?.push(performance.now() - started);
        await contestant.settle?.();
        cpu[index] = (cpu[index] ?? 0) + cpuMs() - before;
      }
    }
    for (const [index, result] of results.entries()) {
      const of = times[index] ?? [];
      result.times.push({ median: percentile(of, 50), p99: percentile(of, 99) });
      if (delayMs === 0) result.cpuMs = (cpu[index] ?? 0) / count;
    }
  }
  await gateway.delay(0);
  return tableOf(scenario.title, results);
}

const COLUMNS = [
  "trips",
  "requests",
  "commands",
  "CPU ms",
  ...DELAYS_MS.flatMap((delay) => [`median at ${delay} ms`, `p99`, `ratio`]),
];

function tableOf(title: string, results: readonly Result[]): Table {
  const [ours] = results;
  if (ours === undefined) throw new Error("Nobody takes part.");
  const rows = results.map((result) => {
    const ahead = (theirs: number, own: number, text: string, alike = 1): string =>
      !result.name.startsWith(OURS) && theirs * alike < own ? `**${text}**` : text;
    return [
      result.name,
      ahead(result.trips, ours.trips, String(result.trips)),
      ahead(result.requests, ours.requests, String(result.requests)),
      ahead(result.commands, ours.commands, String(result.commands)),
      ahead(result.cpuMs, ours.cpuMs, result.cpuMs.toFixed(2), ALIKE),
      ...result.times.flatMap(({ median, p99 }, at) => {
        const own = ours.times[at]?.median ?? Number.NaN;
        return [
          ahead(median, own, median.toFixed(2), ALIKE),
          p99.toFixed(2),
          result === ours ? "1" : ahead(median, own, (median / own).toFixed(2), ALIKE),
        ];
      }),
    ];
  });
  return { title, columns: ["", ...COLUMNS], rows };
}
