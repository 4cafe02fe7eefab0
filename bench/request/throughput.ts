// Requests per second of several Workers under the same concurrency, by turns.

import type { Bench } from "../harness/bench.ts";
import { percentile } from "../harness/statistics.ts";
import type { Table } from "../harness/table.ts";

export interface Loaded {
  readonly name: string;
  /** One request, from its sending to the end of its answer. */
  readonly run: () => Promise<unknown>;
  /** Milliseconds of CPU that the Worker's process has used so far. */
  readonly cpuMs: () => number;
}

const CONCURRENCY = 32;
const SLICES = 7;
const REQUESTS_PER_SLICE = 400;

const bold = (isAhead: boolean, text: string): string => (isAhead ? `**${text}**` : text);

/** @returns requests per second */
async function slice(request: () => Promise<unknown>, count: number): Promise<number> {
  let sent = 0;
  const started = performance.now();
  async function client(): Promise<void> {
    while (sent < count) {
      sent += 1;
      await request();
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, client));
  return (count / (performance.now() - started)) * 1_000;
}

/** The ratio is that of each slice to Sedge's of the same turn, in its median: what else the machine does strikes both. */
export async function throughput(
  { isQuick }: Bench,
  title: string,
  workers: readonly Loaded[],
): Promise<Table> {
  const [slices, count] = isQuick ? [1, CONCURRENCY] : [SLICES, REQUESTS_PER_SLICE];
  const results = workers.map(({ name }) => ({ name, perSecond: [] as number[], cpuMs: 0 }));
  for (const { run } of workers) await slice(run, count);
  for (let turn = 0; turn < slices; turn += 1) {
    // Each turn another one begins.
    for (const place of workers.keys()) {
      const at = (place + turn) % workers.length;
      const [worker, result] = [workers[at], results[at]];
      if (worker === undefined || result === undefined) continue;
      const { run, cpuMs } = worker;
      const before = cpuMs();
      const perSecond = await slice(run, count);
      result.perSecond.push(perSecond);
      result.cpuMs += (cpuMs() - before) / (count * slices);
    }
  }

  const [ours] = results;
  if (ours === undefined) throw new Error("Nobody takes part.");
  const rows = results.map(({ name, perSecond, cpuMs }) => {
    const ratio = percentile(
      perSecond.map((value, turn) => value / (ours.perSecond[turn] ?? Number.NaN)),
      50,
    );
    return [
      name,
      bold(ratio > 1.1, percentile(perSecond, 50).toFixed(0)),
      bold(ratio > 1.1, ratio.toFixed(2)),
      bold(cpuMs * 1.1 < ours.cpuMs, cpuMs.toFixed(2)),
    ];
  });
  return {
    title: `The same, ${CONCURRENCY} requests at once, ${title}`,
    columns: ["", "requests per second", "ratio", "CPU ms of workerd per request"],
    rows,
    note: "The Workers, the REST server, Redis and the caller share the processors, so a Worker that asks Redis for more also slows what answers it.",
  };
}
