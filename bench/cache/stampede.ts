// Many isolates want the same key, and none has it.

import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "../harness/bench.ts";
import { percentile } from "../harness/statistics.ts";
import type { Table } from "../harness/table.ts";
import { createProduct, type Contender, type Product } from "./contender.ts";

const ISOLATES = 50;
const LOAD_MS = 50;
const DELAY_MS = 5;
const ROUNDS = 10;

/** How many loads an origin runs at a time; the others queue. */
const ORIGINS = { boundless: ISOLATES, pooled: 10 };

interface Seen {
  readonly loads: number;
  readonly slowestMs: number;
  readonly commands: number;
}

/** Runs `places` loads at a time, in their order: as a pool of connections to a database does. */
function createOrigin(places: number) {
  const lanes = Array.from({ length: places }, () => Promise.resolve());
  let loads = 0;
  return {
    get loads() {
      return loads;
    },
    async load(): Promise<Product> {
      const lane = loads % places;
      loads += 1;
      const ended = (lanes[lane] ?? Promise.resolve()).then(() => sleep(LOAD_MS));
      lanes[lane] = ended;
      await ended;
      return createProduct(1);
    },
  };
}

async function stampede(
  { gateway }: Bench,
  contender: Contender,
  key: string,
  places: number,
): Promise<Seen> {
  const isolates = Array.from({ length: ISOLATES }, () =>
    contender.open({ isTagged: false, isTiered: false }),
  );
  const origin = createOrigin(places);
  let slowestMs = 0;
  const { commands } = await gateway.counted(async () => {
    const started = performance.now();
    await Promise.all(
      isolates.map(async ({ load }) => {
        const found = await load(key, () => origin.load(), []);
        if (found === undefined) throw new Error(`${contender.name} answers with nothing.`);
        slowestMs = Math.max(slowestMs, performance.now() - started);
      }),
    );
    await Promise.all(isolates.map(({ settled }) => settled()));
  });
  return { loads: origin.loads, slowestMs, commands };
}

const median = (seen: readonly Seen[], of: keyof Seen): number =>
  percentile(
    seen.map((one) => one[of]),
    50,
  );

/** @param alike how much more `own` is before it counts */
const ahead = (theirs: number, own: number, alike = 1): string =>
  theirs * alike < own ? `**${theirs.toFixed(0)}**` : theirs.toFixed(0);

export async function stampedes(bench: Bench, contenders: readonly Contender[]): Promise<Table> {
  await bench.gateway.delay(DELAY_MS);
  const rounds = bench.isQuick ? 2 : ROUNDS;
  const all = contenders.map(({ name }) => ({ name, boundless: [] as Seen[], pooled: [] as Seen[] }));
  // The first round opens the connections and lets Redis know the scripts. Each round another one begins.
  for (let round = 0; round <= rounds; round += 1) {
    for (const turn of contenders.keys()) {
      const at = (turn + round) % contenders.length;
      const contender = contenders[at];
      if (contender === undefined) continue;
      for (const origin of ["boundless", "pooled"] as const) {
        const seen = await stampede(bench, contender, `stampede-${origin}-${round}`, ORIGINS[origin]);
        if (round > 0) all[at]?.[origin].push(seen);
      }
    }
  }
  await bench.gateway.delay(0);

  const results = all.map(({ name, boundless, pooled }) => {
    const loads = [...boundless, ...pooled].map((one) => one.loads);
    return {
      name,
      fewest: Math.min(...loads),
      most: Math.max(...loads),
      boundlessMs: median(boundless, "slowestMs"),
      pooledMs: median(pooled, "slowestMs"),
      commands: median(boundless, "commands"),
    };
  });
  const [ours] = results;
  if (ours?.most !== 1) throw new Error(`Sedge loaded ${ours?.most} times for ${ISOLATES} isolates.`);

  return {
    title: `${ISOLATES} isolates on one cold key`,
    columns: [
      "",
      "loads",
      "slowest answer, ms",
      `slowest answer, ${ORIGINS.pooled} loads at a time, ms`,
      "commands",
    ],
    rows: results.map(({ name, fewest, most, boundlessMs, pooledMs, commands }) => [
      name,
      fewest === most ? `${most}` : `${fewest} to ${most}`,
      ahead(boundlessMs, ours.boundlessMs, 1.1),
      ahead(pooledMs, ours.pooledMs, 1.1),
      ahead(commands, ours.commands),
    ]),
    note: `A load takes ${LOAD_MS} ms: first at an origin that runs any number at a time, then at one that runs ${ORIGINS.pooled}, as a pool of connections does. A trip takes ${DELAY_MS} ms. Medians of ${rounds} rounds, each of new isolates. Those of Sedge's that do not load look for what is stored, at growing intervals: that costs commands, and some waiting.`,
  };
}
