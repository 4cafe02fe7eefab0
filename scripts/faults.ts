// `npm run faults`: publishes and dispatches, sends and receives while things go wrong, on the embedded engine or on the Redis
// that REDIS_URL names, and checks what came of it.
//
// npm run faults -- [--of pubsub|queues] [--runs 200] [--from 1]
//     as many runs of each, from a seed on, and one at each call to Redis
// npm run faults -- --of queues --seed 12 [--faults '[…]']
//     one run again, with its history where it goes wrong

import { parseArgs } from "node:util";
import { openEngine } from "../local/engines/open.ts";
import type { Fault } from "./faults/faults.ts";
import { drawn, swept, type MatrixOptions } from "./faults/matrix.ts";
import type { QueueFault } from "./faults/queues/faults.ts";
import { drawnQueues, sweptQueues } from "./faults/queues/matrix.ts";
import { runQueue } from "./faults/queues/run.ts";
import { createQueueTally, tellQueueFailure } from "./faults/queues/tell.ts";
import { runOnce } from "./faults/run.ts";
import { createTally, tellFailure } from "./faults/tell.ts";

const { values } = parseArgs({
  options: {
    of: { type: "string" },
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
const runs = Number(values.runs);
const from = Number(values.from);
const seed = values.seed === undefined ? null : Number(values.seed);
const isOf = (what: string): boolean => values.of === undefined || values.of === what;

print(`On ${engine.description}`);
let failures = 0;
try {
  if (isOf("pubsub")) failures += await pubsub({ engine, prefix: `${prefix}p` });
  if (isOf("queues")) failures += await queues({ engine, prefix: `${prefix}q` });
} finally {
  await deleteKeys();
  await engine.close();
}
process.exitCode = failures === 0 ? 0 : 1;

/** @returns how many runs went wrong */
async function pubsub(options: MatrixOptions): Promise<number> {
  const faults = values.faults === undefined ? undefined : (JSON.parse(values.faults) as Fault[]);
  const tally = createTally();
  const outcomes =
    seed === null
      ? [drawn(options, from, runs), swept(options, from)]
      : [[await runOnce({ ...options, seed, faults })]];
  for (const some of outcomes) for await (const outcome of some) note(tally, outcome, tellFailure);
  print(`Publishing and dispatching: ${tally.tell()}`);
  return tally.failures;
}

/** @returns how many runs went wrong */
async function queues(options: MatrixOptions): Promise<number> {
  const faults = values.faults === undefined ? undefined : (JSON.parse(values.faults) as QueueFault[]);
  const tally = createQueueTally();
  const outcomes =
    seed === null
      ? [drawnQueues(options, from, runs), sweptQueues(options, from)]
      : [[await runQueue({ ...options, seed, faults })]];
  for (const some of outcomes) for await (const outcome of some) note(tally, outcome, tellQueueFailure);
  print(`Queues: ${tally.tell()}`);
  return tally.failures;
}

function note<T>(tally: { add(outcome: T): void }, outcome: T, tell: (outcome: T) => string): void {
  tally.add(outcome);
  const failure = tell(outcome);
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
