// The whole request, in workerd: limited per client, with a session, answered from a tagged cache entry.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Part } from "../harness/bench.ts";
import { compare } from "../harness/compare.ts";
import type { Table } from "../harness/table.ts";
import { GROUPS, WORKERS, type Setting } from "./contestants.ts";
import { bundleAll, checkAll, startAll } from "./stage.ts";
import { text } from "./text.ts";
import { throughput } from "./throughput.ts";

const SCENARIO = "a GET that is limited, has a session and reads an entry under 3 tags";

/** Sedge's promise, held here: one trip, whatever it asks for. */
function mustBeOneTrip({ rows, columns }: Table, settings: readonly Setting[]): void {
  const column = columns.indexOf("trips");
  for (const [i, { name, worker }] of settings.entries()) {
    const trips = rows[i]?.[column];
    if (worker === WORKERS.sedge && trips !== "1") throw new Error(`${name}: ${trips} trips, not 1`);
  }
}

export const request: Part = {
  name: "request",
  async run(bench) {
    await using leaving = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), "sedge-bench-"));
    leaving.defer(() => rm(folder, { recursive: true }));
    const bundles = await bundleAll(folder);

    const tables: Table[] = [];
    for (const { title, settings } of GROUPS) {
      await using closing = new AsyncDisposableStack();
      await checkAll(bench, bundles, settings);
      const [ours, ...others] = await startAll(bench, bundles, settings, closing);
      if (ours === undefined) throw new Error("Nobody takes part.");
      const one = await compare(bench, {
        title: `${title[0]?.toUpperCase()}${title.slice(1)}: ${SCENARIO}`,
        contestants: [ours, ...others],
        rounds: [500, 60, 25],
      });
      mustBeOneTrip(one, settings);
      const note =
        "*CPU* is that of the Worker's workerd, up to the answer's end: what goes on behind it is in the next table's. " +
        "Times are a caller's, from its `fetch` to the answer's end.";
      tables.push({ ...one, note }, await throughput(bench, title, [ours, ...others]));
    }
    return { title: "The whole request", text: text(), tables };
  },
};
