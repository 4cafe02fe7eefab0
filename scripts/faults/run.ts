// One run of the fault matrix: a while in which things go wrong, then a while in which they do not.

import { createEventLog, createSubscriptions } from "../../lib/pubsub/index.ts";
import type { Engine } from "../../local/engine.ts";
import { nextDue, readBooks } from "./books.ts";
import { check, matches, type Verdict, type Violation } from "./check.ts";
import { createDispatching, LEASE_MS } from "./dispatching.ts";
import type { Fault } from "./faults.ts";
import type { History } from "./history.ts";
import { createMeddling } from "./meddling.ts";
import { createPublishing } from "./publishing.ts";
import { openRest } from "./rest.ts";
import { createScenario, type Scenario } from "./scenario.ts";
import { createStage, type Stage } from "./stage.ts";
import { takeTimers } from "./world.ts";

/** Runs in which a healthy subscription has everything, and one for each so many of its events. */
const FEW_RUNS = 4;
const EVENTS_A_RUN = 10;
/** Moments at which something is due, until all there is to do is done. */
const MOST_MOMENTS = 2_000;

export interface RunOptions {
  readonly engine: Engine;
  /** In front of every key: another for each run. */
  readonly prefix: string;
  readonly seed: number;
  /** Instead of those that the seed draws. */
  readonly faults?: readonly Fault[] | undefined;
}

export interface Outcome extends Omit<Verdict, "violations"> {
  readonly seed: number;
  readonly faults: readonly Fault[];
  readonly violations: readonly Violation[];
  readonly history: History;
  /** Calls to Redis that dispatchers made while things went wrong. */
  readonly calls: number;
}

/** Runs one after the other only: they take the process's timers. */
export async function runOnce({ engine, prefix, seed, faults }: RunOptions): Promise<Outcome> {
  const scenario = createScenario(seed, faults);
  const stage = createStage({ scenario, engine, prefix });
  const giveBack = takeTimers();
  try {
    await play(stage, scenario);
    const early = check(stage.history, await readBooks(openRest({ engine }), prefix, stage.history, false));
    await end(stage, scenario);
    const late = check(stage.history, await readBooks(openRest({ engine }), prefix, stage.history, true));
    const all = [...stage.violations, ...early.violations, ...late.violations];
    const violations = [...new Map(all.map((each) => [`${each.kind} ${each.text}`, each])).values()];
    return { ...late, violations, seed, faults: scenario.faults, history: stage.history, calls: stage.calls };
  } finally {
    giveBack();
  }
}

/** Things go wrong; then the healthy get what is theirs. */
async function play(stage: Stage, scenario: Scenario): Promise<void> {
  const { world, redis, prefix } = stage;
  const dispatching = createDispatching(stage);
  const publishing = createPublishing(stage);
  const meddling = createMeddling(stage);
  await meddling.prepare();
  publishing.begin();

  let left = dispatching.crons;
  for (;;) {
    await world.settled();
    meddling.meddle(publishing);
    const mayStart = left > 0 && dispatching.underWay < dispatching.most;
    if (mayStart && (world.waiting === 0 || scenario.draw(1, 4) === 1)) {
      left -= 1;
      dispatching.cron();
    } else if (!(await world.turn()) && (left === 0 || !mayStart)) break;
  }

  stage.isCalm = true;
  // By now no lease holds that was left behind.
  world.advance(LEASE_MS + 1_000);
  // What is due at a time of a clock that was wrong comes then; or when there is something else.
  if (scenario.faults.some(({ kind }) => kind === "clock" || kind === "skew")) await publishing.wake();
  const behind = stage.history.listeners.reduce((sum, { id }) => sum + outstanding(stage, id), 0);
  const most = FEW_RUNS + Math.ceil(behind / EVENTS_A_RUN);
  for (let runs = 0; runs < most && outstanding(stage) > 0; runs += 1) await dispatching.whole();
  const missing = outstanding(stage);
  if (missing > 0) {
    stage.violations.push({ kind: "delayed", text: `${missing} events for healthy subscriptions after ${most} runs` });
  }
}
