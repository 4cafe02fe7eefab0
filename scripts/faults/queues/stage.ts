// What all who take part in a run with queues share.

import { createQueues, QUEUE_SCRIPTS, type Queues } from "../../../lib/lists/index.ts";
import type { Engine } from "../../../local/engine.ts";
import type { Moment } from "../history.ts";
import { cut, openRest } from "../rest.ts";
import { createWorld, type Actor, type World } from "../world.ts";
import type { QueueViolation } from "./check.ts";
import type { Operation, Taken } from "./history.ts";
import type { QueueScenario } from "./scenario.ts";

/** When a run begins: any time will do, as long as it is the same for the same seed. */
const BEGINNING_MS = Date.UTC(2030, 0, 1);
export const QUEUE = "jobs";

export interface Opened {
  readonly queues: Queues;
  readonly note: <T extends Operation>(done: T) => T;
}

export interface QueueStage {
  readonly scenario: QueueScenario;
  readonly world: World;
  /** Queues to which nothing happens. */
  readonly queues: Queues;
  readonly operations: Operation[];
  /** The next moment of history. */
  moment(): Moment;
  /** By how much Redis's clock is off the world's. */
  offMs: number;
  /** Calls to Redis. */
  calls: number;
  /** Nothing goes wrong any more. */
  isCalm: boolean;
  /** What anybody was given, in its order: a receipt can be passed on. */
  readonly taken: Taken[];
  readonly violations: QueueViolation[];
  /** Lets an actor do something. */
  begin(actor: Actor, act: () => Promise<void>): void;
  /** Who has begun, is not dead, and has not ended. */
  underWay(): string[];
  /** Queues as one actor has them, which does one thing at a time: `note` says which it does. */
  open(actor: Actor, onDeath: () => void): Opened;
}

/** Redis reads its clock when a script runs. Here that clock is the world's. */
const withClock = (engine: Engine, clock: () => number): Pick<Engine, "pipeline"> => ({
  pipeline: (commands) =>
    engine.pipeline(
      commands.map((words) =>
        words.at(-1)?.length === 0 ? [...words.slice(0, -1), Buffer.from(String(clock()))] : words,
      ),
    ),
});

/** Makes all scripts known, so that calls are the same for the same seed. */
export async function loadScripts(engine: Engine): Promise<void> {
  const loads = QUEUE_SCRIPTS.map(({ lua }) => ["SCRIPT", "LOAD", lua].map((word) => Buffer.from(word)));
  await engine.pipeline(loads);
}

export function createQueueStage({
  scenario,
  engine,
  prefix,
}: {
  scenario: QueueScenario;
  engine: Engine;
  prefix: string;
}): QueueStage {
  const { faults } = scenario;
  const world = createWorld(scenario.random, () => 0, BEGINNING_MS);
  const clock = (): number => world.now() + stage.offMs;
  const clocked = withClock(engine, clock);
  const network: Actor = { name: "network", isDead: false };
  const actors = new Set<Actor>();
  let moments = 0;
  let away = 0;

  async function later(turns: number, make: () => Promise<unknown>): Promise<void> {
    for (let left = turns; left > 0; left -= 1) await world.step(network, async () => undefined);
    await world.step(network, make);
  }

  /** A call, when its turn has come. */
  async function call(actor: Actor, onDeath: () => void, make: () => Promise<unknown>): Promise<unknown> {
    if (stage.isCalm) return make();
    stage.calls += 1;
    const struck = faults.filter((fault) => "call" in fault && fault.call === stage.calls);
    for (const fault of struck) {
      if (fault.kind === "away") away = fault.calls;
      if (fault.kind === "kill") {
        if (fault.behind) await make();
        actor.isDead = true;
        onDeath();
        return null;
      }
      if (fault.kind === "late") {
        void later(fault.turns, make);
        throw cut();
      }
    }
    if (away > 0) {
      away -= 1;
      throw cut();
    }
    const answer = await make();
    if (struck.some(({ kind }) => kind === "answer-lost")) throw cut();
    return answer;
  }

  const stage: QueueStage = {
    scenario,
    world,
    queues: createQueues({ redis: openRest({ engine: clocked }), prefix }),
    operations: [],
    moment: () => (moments += 1),
    offMs: 0,
    calls: 0,
    isCalm: false,
    taken: [],
    violations: [],
    begin(actor, act) {
      actors.add(actor);
      world.as(actor, act).then(
        () => actors.delete(actor),
        (error: unknown) => stage.violations.push({ kind: "stuck", text: `${actor.name}: ${String(error)}` }),
      );
    },
    underWay: () => [...actors].filter(({ isDead }) => !isDead).map(({ name }) => name),
    open(actor, onDeath) {
      let doing: Operation | null = null;
      let hasCome: (() => void) | null = null;
      const redis = openRest({
        engine: clocked,
        now: world.now,
        call(make) {
          const operation = doing;
          hasCome?.();
          // Where it looks again, the look before it has found nothing.
          if (operation !== null) operation.arrived = null;
          return world.step(actor, () =>
            call(actor, onDeath, () => {
              if (operation !== null) operation.arrived = { at: stage.moment(), clock: clock() };
              return make();
            }),
          );
        },
      });
      return {
        queues: createQueues({ redis, prefix, now: world.now }),
        note(done) {
          doing = done;
          // An idempotency key is hashed on another thread, before there is a call.
          hasCome = world.comes();
          stage.operations.push(done);
          return done;
        },
      };
    },
  };
  return stage;
}
