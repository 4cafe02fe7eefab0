// `npm run faults`: publishes and dispatches while things go wrong, on the embedded engine or on the Redis that REDIS_URL
// names, and checks what came of it.
//
// npm run faults -- [--runs 200] [--from 1]                as many runs, from a seed on, and one at each call to Redis
// npm run faults -- --seed 12 [--faults '[…]']             one run again, with its history where it goes wrong

import { parseArgs } from "node:util";
import { openEngine } from "../local/engines/open.ts";
import type { Fault } from "./faults/faults.ts";
import { drawn, swept } from "./faults/matrix.ts";
import { runOnce, type Outcome } from "./faults/run.ts";
import { createTally, tellFailure } from "./faults/tell.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "200" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    faults: { type: "string" },
  },
});

const redisUrl = process.env["REDIS_URL"] || undefined;
const engine = await openEngine({
  ...(redisUrl !== undefined && { redisUrl }),
  stateDir: null,
  log: print,
});
const prefix = `faults:${process.pid}:`;
print(`On ${engine.description}`);
const tally = createTally();
try {
  if (values.seed === undefined) {
    for await (const outcome of drawn({ engine, prefix }, Number(values.from), Number(values.runs)))
      note(outcome);
    for await (const outcome of swept({ engine, prefix }, Number(values.from))) note(outcome);
  } else {
    const faults = values.faults === undefined ? undefined : (JSON.parse(values.faults) as Fault[]);
    note(await runOnce({ engine, prefix, seed: Number(values.seed), faults }));
  }
} finally {
  await deleteKeys();
  await engine.close();
}
print(tally.tell());
process.exitCode = tally.failures === 0 ? 0 : 1;

function note(outcome: Outcome): void {
  tally.add(outcome);
  const failure = tellFailure(outcome);
  if (failure !== "") print(failure);
}

/** A Redis that REDIS_URL names is somebody's. */
async function deleteKeys(): Promise<void> {
  let cursor = "0";
  do {
    const [reply] = await engine.pipeline([
      ["SCAN", cursor, "MATCH", `${prefix}*`, "COUNT", "1000"].map((word) => Buffer.from(word)),
    ]);
    if (!Array.isArray(reply)) return;
    const [next, keys] = reply as [Buffer, Buffer[]];
    cursor = next.toString();
    if (keys.length > 0) await engine.pipeline([[Buffer.from("UNLINK"), ...keys]]);
  } while (cursor !== "0");
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
