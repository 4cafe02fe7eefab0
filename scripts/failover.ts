// `npm run failover`: traffic of every pattern on a Cluster that loses a master, and what comes of it.
//
// npm run failover                                       the runs that docs/operations.md speaks of
// npm run failover -- --victim pubsub --how silent       one run: busiest or pubsub; killed or silent
// npm run failover -- --cut-off 200                      one whose replica is cut off so many ms before
// npm run failover -- --write                            writes what they came to into that document

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startCluster } from "./cluster/cluster.ts";
import { runFailover, type FailoverOptions, type FailoverReport } from "./failover/run.ts";
import { tellReport, tellSummary } from "./failover/tables.ts";

const DOCUMENT = join(import.meta.dirname, "../docs/operations.md");
const MARK = "<!-- npm run failover -- --write -->";
const PAUSE_MS = 30;

type Run = Pick<FailoverOptions, "victim" | "how" | "cutOffMs">;

const RUNS: readonly Run[] = [
  { victim: "busiest", how: "killed", cutOffMs: 0 },
  { victim: "pubsub", how: "killed", cutOffMs: 0 },
  { victim: "pubsub", how: "silent", cutOffMs: 0 },
  { victim: "pubsub", how: "killed", cutOffMs: 300 },
];

const { values } = parseArgs({
  options: {
    victim: { type: "string" },
    how: { type: "string" },
    "cut-off": { type: "string" },
    "node-timeout": { type: "string", default: "2000" },
    seconds: { type: "string", default: "6" },
    write: { type: "boolean" },
  },
});
const isOne = values.victim !== undefined || values.how !== undefined || values["cut-off"] !== undefined;
const runs: readonly Run[] = isOne
  ? [
      {
        victim: values.victim === "pubsub" ? "pubsub" : "busiest",
        how: values.how === "silent" ? "silent" : "killed",
        cutOffMs: Number(values["cut-off"] ?? 0),
      },
    ]
  : RUNS;

const reports: FailoverReport[] = [];
for (const run of runs) {
  const cluster = await startCluster({ nodeTimeoutMs: Number(values["node-timeout"]) });
  try {
    const ms = Number(values.seconds) * 1_000;
    const report = await runFailover({ ...run, cluster, beforeMs: ms, afterMs: ms, pauseMs: PAUSE_MS });
    reports.push(report);
    print(tellReport(report));
    for (const violation of report.violations) print(`- Broken: ${violation}`);
    if (report.violations.length > 0) process.exitCode = 1;
  } finally {
    await cluster.close();
  }
}
if (values.write === true && !isOne) await writeSummary(tellSummary(reports));

/** Between the marks. */
async function writeSummary(summary: string): Promise<void> {
  const text = await readFile(DOCUMENT, "utf8");
  const [head, , tail] = text.split(MARK);
  if (head === undefined || tail === undefined) throw new Error(`${DOCUMENT} has not twice: ${MARK}`);
  await writeFile(DOCUMENT, [head, `\n\n${summary}\n\n`, tail].join(MARK));
}

function print(text: string): void {
  process.stdout.write(`${text}\n\n`);
}
