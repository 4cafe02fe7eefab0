// One run of the fault matrix: a while in which things go wrong, then a while in which they do not.

import type { Engine } from "../../local/engine.ts";
import { nextDue, readBooks } from "./books.ts";
import { check, type Verdict } from "./check.ts";
import { createDispatching, type Dispatching } from "./dispatching.ts";
import type { Fault } from "./faults.ts";
import type { Books, History } from "./history.ts";
import { createMeddling } from "./meddling.ts";
import { outstanding } from "./outstanding.ts";
import { createPublishing } from "./publishing.ts";
import { openRest } from "./rest.ts";
import { createScenario } from "./scenario.ts";
import { createStage, loadScripts, type Stage } from "./stage.ts";
import { takeTimers } from "./world.ts";

/** After so long no lease holds that was left behind, and what was answered too late is due: three times, at the most. */
const CALM_MS = 100_000;
/** Runs after which healthy subscriptions have everything, and one more for each so many events that they lack. */
const FEW_RUNS = 4;
const EVENTS_A_RUN = 10;
/** Runs until all there is to do is done. */
const MOST_RUNS = 2_000;

export interface RunOptions {
  readonly engine: Engine;
  /** In front of every key: another for each run. */
  readonly prefix: string;
  readonly seed: number;
  /** Instead of those that the seed draws. */
  readonly faults?: readonly Fault[] | undefined;
}

export interface Outcome extends Verdict {
  readonly seed: number;
  readonly faults: readonly Fault[];
  readonly history: History;
  readonly books: Books;
  /** Calls to Redis that dispatchers made while things went wrong. */
  readonly calls: number;
}

/** Runs one after the other only: each takes the process's timers. */
export async function runOnce({ engine, prefix, seed, faults }: RunOptions): Promise<Outcome> {
  const scenario = createScenario(seed, faults);
  const stage = createStage({ scenario, engine, prefix });
  await loadScripts(engine);
  const giveBack = takeTimers();
  try {
    const dispatching = createDispatching(stage);
    const meddling = createMeddling(stage);
    const publishing = createPublishing(stage);
    await meddling.prepare();
    publishing.begin();
    await storm(stage, dispatching, () => meddling.meddle(publishing));

    stage.isCalm = true;
    stage.world.advance(CALM_MS);
    // What stands at a time of a clock that was wrong comes then, or with something else.
    if (scenario.faults.some(({ kind }) => kind === "clock" || kind === "skew")) await publishing.wake();
    await serveHealthy(stage, dispatching);
    const early = check(stage.history, await books(stage, false));

    await meddling.revive();
    if (!scenario.isIncurable) for (const receiver of stage.receivers.values()) receiver.how = null;
    await serveAll(stage, dispatching);
    const last = await books(stage, true);
    const late = check(stage.history, last);

    const all = [...stage.violations, ...early.violations, ...late.violations];
    return {
      ...late,
      violations: [...new Map(all.map((each) => [each.text, each])).values()],
      seed,
      faults: scenario.faults,
      history: stage.history,
      books: last,
      calls: stage.calls,
    };
  } finally {
    giveBack();
  }
}

const books = ({ engine, prefix, history }: Stage, isOver: boolean): Promise<Books> =>
  readBooks(openRest({ engine }), prefix, history, isOver);

/** Things go wrong, until everybody has done what it had to do. */
async function storm(stage: Stage, dispatching: Dispatching, meddle: () => Promise<void>): Promise<void> {
  const { world, scenario } = stage;
  let left = dispatching.crons;
  for (;;) {
    await world.settled();
    await meddle();
    const mayStart = left > 0 && !stage.isLast && dispatching.underWay < dispatching.most;
    if (mayStart && (world.waiting === 0 || scenario.draw(1, 4) === 1)) {
      left -= 1;
      dispatching.cron();
    } else if (!(await world.turn()) && !mayStart) {
      return;
    }
  }
}

/** Healthy subscriptions have everything within a few runs, whatever the others do. */
async function serveHealthy(stage: Stage, dispatching: Dispatching): Promise<void> {
  const lacking = async () => outstanding(stage.history, await books(stage, false));
  let left = await lacking();
  const most = FEW_RUNS + Math.ceil(left / EVENTS_A_RUN);
  for (let runs = 0; runs < most && left > 0; runs += 1) {
    await dispatching.whole();
    left = await lacking();
  }
  if (left === 0) return;
  stage.violations.push({
    kind: "delayed",
    text: `${left} events of healthy subscriptions, after ${most} runs`,
  });
}

/** Time goes on to whatever is due, until nothing is. */
async function serveAll(
  { world, redis, prefix, violations }: Stage,
  dispatching: Dispatching,
): Promise<void> {
  for (let runs = 0; runs < MOST_RUNS; runs += 1) {
    if (await dispatching.whole()) continue;
    const due = await nextDue(redis, prefix);
    if (due === null) return;
    world.advance(Math.max(0, due - world.now()));
  }
  violations.push({ kind: "stuck", text: `there is more to do after ${MOST_RUNS} runs` });
}
