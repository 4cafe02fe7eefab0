// What all who take part in a run share.

import {
  createEventLog,
  createSubscriptions,
  DISPATCH_SCRIPTS,
  PUBSUB_SCRIPTS,
  SUBSCRIPTION_SCRIPTS,
  type Subscriber,
} from "../../lib/pubsub/index.ts";
import type { Redis } from "../../lib/redis/index.ts";
import type { Engine } from "../../local/engine.ts";
import type { Violation } from "./check.ts";
import type { BadReceiver } from "./faults.ts";
import type { Attempt, DispatchRun, Listener, Moment, PublishedEvent } from "./history.ts";
import { openRest } from "./rest.ts";
import type { ListenerPlan, Scenario } from "./scenario.ts";
import { createWorld, type World } from "./world.ts";

/** When a run begins: any time will do, as long as it is the same for the same seed. */
const BEGINNING_MS = Date.UTC(2030, 0, 1);
const MONTH_MS = 30 * 86_400_000;

/** A listener and how its receiver is. */
export interface Receiver {
  readonly listener: Listener;
  how: BadReceiver | null;
  readonly tries: number;
}

export interface Stage {
  readonly scenario: Scenario;
  readonly world: World;
  readonly engine: Engine;
  readonly prefix: string;
  /** A Redis to which nothing happens, and which answers out of turn. */
  readonly redis: Redis;
  readonly log: ReturnType<typeof createEventLog>;
  readonly subscriptions: ReturnType<typeof createSubscriptions>;
  readonly subscribers: Subscriber[];
  readonly receivers: Map<string, Receiver>;
  readonly history: {
    readonly publishes: PublishedEvent[];
    readonly listeners: Listener[];
    readonly runs: DispatchRun[];
    readonly attempts: Attempt[];
  };
  readonly violations: Violation[];
  /** The next moment of history. */
  moment(): Moment;
  /** Adds a webhook. @param mayFrom the first label that it may get */
  listen(plan: Omit<ListenerPlan, "inCode">, mayFrom: number): Promise<Listener>;
  /** Dispatchers' calls to Redis. */
  calls: number;
  /** For how many more calls Redis is away. */
  away: number;
  /** Publishes one more event on each channel. */
  wake: () => Promise<void>;
  /** The last events are published. */
  isLast: boolean;
  /** Nothing goes wrong any more, but for receivers. */
  isCalm: boolean;
}

export function createStage({
  scenario,
  engine,
  prefix,
}: {
  scenario: Scenario;
  engine: Engine;
  prefix: string;
}): Stage {
  const world = createWorld(scenario.random, () => (stage.isCalm ? 0 : scenario.impatience), BEGINNING_MS);
  const redis = openRest({ engine });
  const subscribers: Subscriber[] = [];
  let moments = 0;

  const stage: Stage = {
    scenario,
    world,
    engine,
    prefix,
    redis,
    // Ids are of Redis's clock; it trims what is any older than that.
    log: createEventLog({ redis, prefix, now: () => Date.now() + MONTH_MS }),
    subscriptions: createSubscriptions({ redis, prefix, subscribers, now: world.now }),
    subscribers,
    receivers: new Map(),
    history: { publishes: [], listeners: [], runs: [], attempts: [] },
    violations: [],
    moment: () => (moments += 1),
    async listen({ pattern, how, tries }, mayFrom) {
      const created = await stage.subscriptions.create({
        pattern,
        url: "https://receiver.example/",
        secret: "",
      });
      if (created.kind !== "created") throw new Error(created.kind);
      const { id } = created.subscription;
      return addListener(stage, { id, kind: "webhook", pattern, how, tries, mayFrom });
    },
    calls: 0,
    away: 0,
    wake: async () => undefined,
    isLast: false,
    isCalm: false,
  };
  return stage;
}

/** Makes all scripts known, as they are to a Redis after its first minute: so that calls are the same for the same seed. */
export async function loadScripts(engine: Engine): Promise<void> {
  const all = [...PUBSUB_SCRIPTS, ...SUBSCRIPTION_SCRIPTS, ...DISPATCH_SCRIPTS];
  await engine.pipeline(all.map(({ lua }) => ["SCRIPT", "LOAD", lua].map((word) => Buffer.from(word))));
}

/** Adds who listens from now on. */
export function addListener(
  { history, receivers }: Stage,
  {
    id,
    kind,
    pattern,
    how,
    tries,
    mayFrom,
  }: Pick<Listener, "id" | "kind" | "pattern" | "mayFrom"> & Pick<Receiver, "how" | "tries">,
): Listener {
  const listener: Listener = {
    id,
    kind,
    pattern,
    isHealthy: how === null,
    mayFrom,
    mustFrom: history.publishes.length + 1,
    removed: null,
    pauses: [],
  };
  history.listeners.push(listener);
  receivers.set(id, { listener, how, tries });
  return listener;
}
