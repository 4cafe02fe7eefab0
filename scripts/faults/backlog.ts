// A backlog: far more events than one run of a dispatcher can deliver, for one receiver that is well and one that never is.

import { readBooks } from "./books.ts";
import { check } from "./check.ts";
import { createDispatching } from "./dispatching.ts";
import type { Fault } from "./faults.ts";
import type { MatrixOptions } from "./matrix.ts";
import { createMeddling } from "./meddling.ts";
import { outstanding } from "./outstanding.ts";
import type { Outcome } from "./run.ts";
import { createScenario, type Scenario } from "./scenario.ts";
import { createStage, loadScripts, type Stage } from "./stage.ts";
import { takeTimers } from "./world.ts";

const CHANNEL = "user:new";
const KEYS = 50;
const AT_ONCE = 1_000;
/** Between two runs: the cron's minute. */
const CRON_MS = 60_000;

/** While it is worked off: a dispatcher is killed, an answer is lost, Redis is away, and the log is trimmed. */
const FAULTS: readonly Fault[] = [
  { kind: "kill", call: 40, behind: true },
  { kind: "answer-lost", call: 90 },
  { kind: "away", call: 140, calls: 3 },
  { kind: "trim", turn: 400, what: "seen" },
];

export interface BacklogOptions extends MatrixOptions {
  readonly events: number;
  /** Of one run of a dispatcher. */
  readonly subrequests: number;
}

/** @returns what came of it, and after how many runs the one that is well had everything */
export async function workOff(options: BacklogOptions): Promise<Outcome & { readonly runs: number }> {
  const { engine, prefix, events, subrequests } = options;
  const scenario: Scenario = {
    ...createScenario(1, FAULTS),
    listeners: [
      { pattern: "*", how: null, tries: 0, inCode: false },
      { pattern: "user:*", how: "500", tries: Number.POSITIVE_INFINITY, inCode: false },
    ],
    subrequests,
    impatience: 0,
  };
  const stage = createStage({ scenario, engine, prefix });
  const { world, history, redis } = stage;
  await loadScripts(engine);
  const giveBack = takeTimers();
  try {
    const dispatching = createDispatching(stage);
    const meddling = createMeddling(stage);
    await meddling.prepare();
    await publishAll(stage, events);
    const lacking = async () => outstanding(history, await readBooks(redis, prefix, history, false));
    // Half of a run's requests at the least go to the one that is well.
    const most = 10 + Math.ceil(events / (subrequests / 2));
    let runs = 0;
    for (let more = true; runs < most && (more || (await lacking()) > 0); runs += 1) {
      more = await dispatching.whole();
      await meddling.meddle({ over: events });
      world.advance(CRON_MS);
    }
    const left = await lacking();
    if (left > 0) stage.violations.push({ kind: "delayed", text: `${left} events after ${runs} runs` });
    const books = await readBooks(redis, prefix, history, false);
    const verdict = check(history, books);
    const violations = [...stage.violations, ...verdict.violations];
    return { ...verdict, violations, seed: 1, faults: FAULTS, history, books, calls: stage.calls, runs };
  } finally {
    giveBack();
  }
}

async function publishAll(stage: Stage, events: number): Promise<void> {
  const { log, history } = stage;
  for (let first = 1; first <= events; first += AT_ONCE) {
    const labels = Array.from({ length: Math.min(AT_ONCE, events - first + 1) }, (_, i) => first + i);
    await Promise.all(
      labels.map(async (label) => {
        const key = `k${label % KEYS}`;
        const begun = stage.moment();
        const published = await log.publish(CHANNEL, label, { key });
        if (published.kind !== "published") throw new Error(published.kind);
        const { id } = published;
        const acknowledged = stage.moment();
        history.publishes.push({
          label,
          channel: CHANNEL,
          key,
          outcome: "acknowledged",
          id,
          begun,
          acknowledged,
        });
      }),
    );
  }
}
