// The fault matrix: many runs, each its own.

import type { Engine } from "../../local/engine.ts";
import type { Fault } from "./faults.ts";
import { runOnce, type Outcome } from "./run.ts";

export interface MatrixOptions {
  readonly engine: Engine;
  /** In front of every key. */
  readonly prefix: string;
}

/** Runs with the faults that their seeds draw. @param from the first seed */
export async function* drawn(
  { engine, prefix }: MatrixOptions,
  from: number,
  runs: number,
): AsyncGenerator<Outcome> {
  for (let seed = from; seed < from + runs; seed += 1) {
    yield await runOnce({ engine, prefix: `${prefix}${seed}`, seed });
  }
}

/** What happens at each call in turn. */
const AT_A_CALL: readonly ((call: number) => Fault)[] = [
  (call) => ({ kind: "kill", call, behind: false }),
  (call) => ({ kind: "kill", call, behind: true }),
  (call) => ({ kind: "answer-lost", call }),
  (call) => ({ kind: "last-events", call }),
];

/** One and the same run with a kill before, a kill behind, a lost answer and the last events at each call of its dispatchers, from the first to the last. */
export async function* swept(
  { engine, prefix }: MatrixOptions,
  seed: number,
  besides: readonly Fault[] = [],
): AsyncGenerator<Outcome> {
  for (const [i, at] of AT_A_CALL.entries()) {
    let isStruck = true;
    for (let call = 1; isStruck; call += 1) {
      const faults = [at(call), ...besides];
      const outcome = await runOnce({ engine, prefix: `${prefix}${seed}:${i}:${call}`, seed, faults });
      isStruck = outcome.calls >= call;
      yield outcome;
    }
  }
}
