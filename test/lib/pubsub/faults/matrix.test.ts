// Publishing and dispatching while things go wrong. `npm run faults` makes as many runs as one likes.

import { afterAll, beforeAll, expect, test } from "vitest";
import { FAULT_KINDS, type Fault } from "../../../../scripts/faults/faults.ts";
import { drawn, swept } from "../../../../scripts/faults/matrix.ts";
import type { Outcome } from "../../../../scripts/faults/run.ts";
import { createTally, tellFailure } from "../../../../scripts/faults/tell.ts";
import { startRedis, type TestRedis } from "../../../support/redis.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

/** Each kind of fault seven times alone, and seven times beside another. */
const RUNS = 7 * 2 * FAULT_KINDS.length;

/** Passes where none of the runs went wrong; else the first that did is told, with how to have it again. */
async function expectSound(runs: AsyncGenerator<Outcome>): Promise<ReturnType<typeof createTally>> {
  const tally = createTally();
  for await (const outcome of runs) {
    expect(tellFailure(outcome)).toBe("");
    tally.add(outcome);
  }
  process.stdout.write(`${target.engine.description}: ${tally.tell()}\n`);
  return tally;
}

test(
  `${RUNS} runs, each with a fault or two: nothing is lost, nothing unexpected comes, every key is in order`,
  { timeout: 300_000 },
  async () => {
    const runs = drawn({ engine: target.engine, prefix: `${target.prefix}drawn:` }, 1, RUNS);
    expect((await expectSound(runs)).runs).toBe(RUNS);
  },
);

test.each<{ seed: number; besides: readonly Fault[] }>([
  { seed: 1, besides: [] },
  {
    seed: 2,
    besides: [
      { kind: "receiver", how: "moody" },
      { kind: "dispatchers", count: 2 },
    ],
  },
])(
  "a kill before, a kill behind, a lost answer and the last events at every call of the dispatchers (seed $seed)",
  { timeout: 300_000 },
  async ({ seed, besides }) => {
    const runs = swept({ engine: target.engine, prefix: `${target.prefix}swept:` }, seed, besides);
    const tally = await expectSound(runs);
    expect(tally.runs).toBeGreaterThan(30);
  },
);
