// Sending, receiving and acking while things go wrong. `npm run faults -- --of queues` makes as many runs as one likes.

import { afterAll, beforeAll, expect, test } from "vitest";
import { QUEUE_FAULT_KINDS, type QueueFault } from "../../../../../scripts/faults/queues/faults.ts";
import { drawnQueues, sweptQueues } from "../../../../../scripts/faults/queues/matrix.ts";
import type { QueueOutcome } from "../../../../../scripts/faults/queues/run.ts";
import { createQueueTally, tellQueueFailure } from "../../../../../scripts/faults/queues/tell.ts";
import { startRedis, type TestRedis } from "../../../../support/redis.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

/** Each kind of fault three times alone, and three times beside two others. */
const RUNS = 3 * 2 * QUEUE_FAULT_KINDS.length;

/** Passes where none of the runs went wrong; else the first that did is told, with how to have it again. */
async function expectSound(runs: AsyncGenerator<QueueOutcome>): Promise<ReturnType<typeof createQueueTally>> {
  const tally = createQueueTally();
  for await (const outcome of runs) {
    expect(tellQueueFailure(outcome)).toBe("");
    tally.add(outcome);
  }
  process.stdout.write(`${target.engine.description}: ${tally.tell()}\n`);
  return tally;
}

test(
  `${RUNS} runs, each with a fault or three: nothing acknowledged is lost, nobody is given what another holds, no stale receipt acks`,
  { timeout: 300_000 },
  async () => {
    const runs = drawnQueues({ engine: target.engine, prefix: `${target.prefix}drawn:` }, 1, RUNS);
    expect((await expectSound(runs)).runs).toBe(RUNS);
  },
);

test.each<{ seed: number; besides: readonly QueueFault[] }>([
  { seed: 22, besides: [{ kind: "consumers", how: "stale" }] },
  { seed: 152, besides: [{ kind: "consumers", how: "stale" }] },
])(
  "a kill before, a kill behind, a lost answer and a late arrival at every call (seed $seed)",
  { timeout: 300_000 },
  async ({ seed, besides }) => {
    const runs = sweptQueues({ engine: target.engine, prefix: `${target.prefix}swept:` }, seed, besides);
    const tally = await expectSound(runs);
    expect(tally.runs).toBeGreaterThan(80);
  },
);
