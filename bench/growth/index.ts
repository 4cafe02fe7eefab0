// What a call costs as what it works on grows: the same, or the table says so.

import type { Bench, Part } from "../harness/bench.ts";
import { COUNTED_AT_MS } from "../harness/compare.ts";
import { percentile } from "../harness/statistics.ts";
import type { Section } from "../harness/table.ts";
import { cache } from "./cache.ts";
import { leaderboards } from "./leaderboards.ts";
import { publish } from "./publish.ts";
import { queue } from "./queue.ts";
import { sessions } from "./sessions.ts";
import type { Operation } from "./subject.ts";
import { tags } from "./tags.ts";

const SIZES = [100, 10_000, 1_000_000] as const;
const QUICK_SIZES = [100, 1_000, 10_000] as const;
const ROUNDS = 300;
const WARM_UP = 20;
/** The greatest may take so many times what the smallest takes, to count as flat. */
const FLAT = 1.5;

interface AtSize {
  readonly trips: number;
  readonly commands: number;
  readonly medianMs: number;
}

/** Counts at each size, then times by turns: each round runs at every size, and another one begins. */
async function measure(
  { gateway, isQuick }: Bench,
  operation: Operation,
  sizes: readonly number[],
): Promise<AtSize[]> {
  const { prepare, run, restore } = operation;
  let i = 0;
  const once = async <Value>(
    size: number,
    work: (size: number, i: number) => Promise<Value>,
  ): Promise<Value> => {
    i += 1;
    await prepare?.(size, i);
    const value = await work(size, i);
    await restore?.(size, i);
    return value;
  };
  for (let warm = 0; warm < (isQuick ? 1 : WARM_UP); warm += 1)
    for (const size of sizes) await once(size, run);
  const counts = [];
  await gateway.delay(COUNTED_AT_MS);
  for (const size of sizes) {
    counts.push(await once(size, () => gateway.counted(() => run(size, i))));
  }
  await gateway.delay(0);
  const times: number[][] = sizes.map(() => []);
  for (let round = 0; round < (isQuick ? 5 : ROUNDS); round += 1) {
    for (const turn of sizes.keys()) {
      const at = (turn + round) % sizes.length;
      await once(sizes[at] ?? 0, async (size) => {
        const started = performance.now();
        await run(size, i);
        times[at]?.push(performance.now() - started);
      });
    }
  }
  return counts.map(({ trips, commands }, at) => ({
    trips,
    commands,
    medianMs: percentile(times[at] ?? [], 50),
  }));
}

/** One number where all are the same. */
const joined = (values: readonly number[]): string =>
  new Set(values).size === 1 ? String(values[0]) : values.join(" / ");

function rowOf(title: string, elements: string, results: readonly AtSize[]): string[] {
  const [smallest, greatest] = [results[0], results.at(-1)];
  if (smallest === undefined || greatest === undefined) throw new Error("There is no size.");
  // What is counted does not depend on how busy the machine is, so it is promised.
  if (greatest.trips > smallest.trips || greatest.commands > FLAT * smallest.commands) {
    throw new Error(`${title} costs more the more ${elements} there are: ${JSON.stringify(results)}`);
  }
  const ratio = greatest.medianMs / smallest.medianMs;
  return [
    title,
    elements,
    joined(results.map(({ trips }) => trips)),
    joined(results.map(({ commands }) => commands)),
    ...results.map(({ medianMs }) => medianMs.toFixed(2)),
    ratio.toFixed(2),
    ratio <= FLAT ? "yes" : "**no**",
  ];
}

async function runGrowth(bench: Bench): Promise<Section> {
  const sizes = bench.isQuick ? QUICK_SIZES : SIZES;
  const rows: string[][] = [];
  for (const createSubject of [leaderboards, cache, publish, queue, sessions, tags]) {
    await bench.redis.flush();
    const { elements, fill, operations } = createSubject(bench);
    for (const size of sizes) await fill(size);
    for (const operation of operations) {
      rows.push(rowOf(operation.title, elements, await measure(bench, operation, sizes)));
    }
  }
  // The next part shall not share its Redis with millions of keys.
  await bench.redis.flush();
  const columns = [
    "",
    "of",
    "trips",
    "commands",
    ...sizes.map((size) => `ms at ${size.toLocaleString("en")}`),
    "greatest / smallest",
    "flat",
  ];
  return {
    title: "Growth",
    text,
    tables: [{ title: "What a call costs at each size", columns, rows, note }],
  };
}

const text = `
Sedge alone: trips, commands as Redis counts them, and, at no distance, the median of ${ROUNDS} calls at each size, the sizes by turns.
*Flat* means that the greatest takes at most ${FLAT} times what the smallest takes; where trips or commands are not, the run fails. The
boards, logs and queues of all sizes are there at the same time, filled past the API with the state that it would leave
(\`bench/growth/\`), which is checked by the API before anything is measured. A board's periods are off. All entries of the cache carry the
three tags; the log keeps ${(2_000_000).toLocaleString("en")} events instead of 100,000.`;

const note =
  "A page of tags looks at up to 1,000 items, as documented: it grows until there are so many, and no more.";

export const growth: Part = { name: "growth", run: runGrowth };
