// The fault matrix of queues: many runs, each its own.

import type { MatrixOptions } from "../matrix.ts";
import type { QueueFault } from "./faults.ts";
import { runQueue, type QueueOutcome } from "./run.ts";

/** Runs with the faults that their seeds draw. @param from the first seed */
export async function* drawnQueues(
  { engine, prefix }: MatrixOptions,
  from: number,
  runs: number,
): AsyncGenerator<QueueOutcome> {
  for (let seed = from; seed < from + runs; seed += 1) {
    yield await runQueue({ engine, prefix: `${prefix}${seed}`, seed });
  }
}

/** What happens at each call in turn. */
const AT_A_CALL: readonly ((call: number) => QueueFault)[] = [
  (call) => ({ kind: "kill", call, behind: false }),
  (call) => ({ kind: "kill", call, behind: true }),
  (call) => ({ kind: "answer-lost", call }),
  (call) => ({ kind: "late", call, turns: 5 }),
];

/** One and the same run with a kill before, a kill behind, a lost answer and a late arrival at each call, from the first to the last. */
export async function* sweptQueues(
  { engine, prefix }: MatrixOptions,
  seed: number,
  besides: readonly QueueFault[] = [],
): AsyncGenerator<QueueOutcome> {
  for (const [i, at] of AT_A_CALL.entries()) {
    let isStruck = true;
    for (let call = 1; isStruck; call += 1) {
      const faults = [at(call), ...besides];
      const outcome = await runQueue({ engine, prefix: `${prefix}${seed}:${i}:${call}`, seed, faults });
      isStruck = outcome.calls >= call;
      yield outcome;
    }
  }
}
