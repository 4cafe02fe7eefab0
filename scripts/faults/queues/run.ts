// One run with queues: a while in which things go wrong, then everything is received and acked.

import { createQueueKeys } from "../../../lib/lists/queue/keys.ts";
import type { Engine } from "../../../local/engine.ts";
import { takeTimers } from "../world.ts";
import { checkQueue, type QueueVerdict } from "./check.ts";
import { beginConsuming } from "./consuming.ts";
import type { QueueFault } from "./faults.ts";
import type { QueueBooks, QueueHistory } from "./history.ts";
import { beginFinishing, beginRedriving } from "./operating.ts";
import { beginProducing } from "./producing.ts";
import { createQueueScenario, LONGEST_MS } from "./scenario.ts";
import { createQueueStage, loadScripts, QUEUE, type QueueStage } from "./stage.ts";

/** Fields of a queue that are no message's. */
const SETTINGS = new Set(["last", "maxAttempts"]);

export interface QueueRunOptions {
  readonly engine: Engine;
  /** In front of every key: another for each run. */
  readonly prefix: string;
  readonly seed: number;
  /** Instead of those that the seed draws. */
  readonly faults?: readonly QueueFault[] | undefined;
}

export interface QueueOutcome extends QueueVerdict {
  readonly seed: number;
  readonly faults: readonly QueueFault[];
  readonly history: QueueHistory;
  /** Calls to Redis while things went wrong. */
  readonly calls: number;
}

/** Runs one after the other only: each takes the process's timers. */
export async function runQueue({ engine, prefix, seed, faults }: QueueRunOptions): Promise<QueueOutcome> {
  const scenario = createQueueScenario(seed, faults);
  const stage = createQueueStage({ scenario, engine, prefix });
  const { maxAttempts } = scenario;
  await loadScripts(engine);
  await stage.queues.configure(QUEUE, { maxAttempts });
  const giveBack = takeTimers();
  try {
    beginProducing(stage);
    beginConsuming(stage);
    await play(stage, createMeddling(stage));
    const { calls } = stage;
    stage.isCalm = true;
    beginFinishing(stage);
    await play(stage, () => undefined);
    const history = { maxAttempts, operations: stage.operations };
    const verdict = checkQueue(history, await readBooks(stage, engine, prefix));
    const violations = [...stage.violations, ...verdict.violations];
    return { ...verdict, violations, seed, faults: scenario.faults, history, calls };
  } finally {
    giveBack();
  }
}

/** Until nobody has anything to do any more. */
async function play(stage: QueueStage, meddle: () => void): Promise<void> {
  do meddle();
  while (await stage.world.turn());
  for (const name of stage.underWay()) stage.violations.push({ kind: "stuck", text: name });
}

/** @returns does what its turn has come for */
function createMeddling(stage: QueueStage): () => void {
  const { world, scenario } = stage;
  const done = new Set<QueueFault>();
  return function meddle() {
    for (const fault of scenario.faults) {
      if (!("turn" in fault) || done.has(fault) || world.turns < fault.turn) continue;
      done.add(fault);
      if (fault.kind === "clock") stage.offMs += fault.byMs;
      else world.advance(LONGEST_MS);
      if (fault.kind === "redrive") beginRedriving(stage);
    }
  };
}

async function readBooks({ queues }: QueueStage, engine: Engine, prefix: string): Promise<QueueBooks> {
  const { ready, inFlight, delayed, dead } = await queues.metrics(QUEUE);
  const { places, messages } = createQueueKeys(prefix)(QUEUE);
  const commands = [
    ["ZRANGE", places, "0", "-1"],
    ["HKEYS", messages],
  ];
  const replies = await engine.pipeline(commands.map((words) => words.map((word) => Buffer.from(word))));
  const names = replies.flatMap((reply) => (Array.isArray(reply) ? reply.map(String) : []));
  return { counted: ready + inFlight + delayed + dead, left: names.filter((name) => !SETTINGS.has(name)) };
}
