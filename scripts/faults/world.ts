// A world in which one thing happens at a time, in an order that a seed decides: whoever wants something done waits for its
// turn, and time goes on when nobody can.

import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate } from "node:timers/promises";

/** Who does something: an isolate, say. A dead one does nothing any more. */
export interface Actor {
  readonly name: string;
  isDead: boolean;
}

interface Step {
  readonly actor: Actor;
  readonly take: () => Promise<void>;
}

interface Timer {
  readonly actor: Actor;
  readonly at: number;
  readonly fire: () => void;
}

export interface World {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  advance(ms: number): void;
  /** Does something as an actor: its timers are this world's. */
  as<T>(actor: Actor, act: () => Promise<T>): Promise<T>;
  /** Waits for a turn, then does it; never ends for an actor that is dead. */
  step<T>(actor: Actor, act: () => Promise<T>): Promise<T>;
  /** How many turns there were. */
  readonly turns: number;
  /** How many wait for their turn. */
  readonly waiting: number;
  /** Somebody is on its way by other means than promises. @returns to be called when it has come to where it waits */
  comes(): () => void;
  /** Resolves when everybody has come to where it waits. */
  settled(): Promise<void>;
  /** Takes somebody's turn, or lets time go on to the next timer. @returns whether there was anything to do */
  turn(): Promise<boolean>;
}

const here = new AsyncLocalStorage<{
  readonly actor: Actor;
  readonly timers: Set<Timer>;
  readonly now: () => number;
}>();
const realSetTimeout = globalThis.setTimeout;
const realClearTimeout = globalThis.clearTimeout;

/** Timers of this world where an actor sets them, real ones elsewhere. @returns puts the real ones back */
export function takeTimers(): () => void {
  const worldly = new WeakMap<object, () => void>();
  const set = (run: () => void, ms = 0): unknown => {
    const place = here.getStore();
    if (place === undefined) return realSetTimeout(run, ms);
    const timer: Timer = { actor: place.actor, at: place.now() + ms, fire: () => here.run(place, run) };
    place.timers.add(timer);
    worldly.set(timer, () => place.timers.delete(timer));
    return timer;
  };
  const clear = (timer: unknown): void => {
    const end = typeof timer === "object" && timer !== null ? worldly.get(timer) : undefined;
    if (end === undefined) realClearTimeout(timer as ReturnType<typeof realSetTimeout>);
    else end();
  };
  Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
  return () => void Object.assign(globalThis, { setTimeout: realSetTimeout, clearTimeout: realClearTimeout });
}

/**
 * @param random from 0 up to 1
 * @param impatience how often time goes on though somebody could, from 0 up to 1
 */
export function createWorld(random: () => number, impatience: () => number, start: number): World {
  let at = start;
  let turns = 0;
  let steps: Step[] = [];
  const coming = new Set<object>();
  const timers = new Set<Timer>();
  const now = (): number => at;

  function nextTimer(): Timer | null {
    for (const timer of timers) if (timer.actor.isDead) timers.delete(timer);
    return [...timers].toSorted((a, b) => a.at - b.at)[0] ?? null;
  }

  const world: World = {
    now,
    advance: (ms) => void (at += ms),
    as: (actor, act) => here.run({ actor, timers, now }, act),
    step: (actor, act) =>
      new Promise((resolve, reject) => {
        const take = async (): Promise<void> => {
          try {
            // What Redis's client sets timers for is real.
            const done = await here.exit(act);
            if (!actor.isDead) resolve(done);
          } catch (error) {
            if (!actor.isDead) reject(error);
          }
        };
        steps.push({ actor, take });
      }),
    get turns() {
      return turns;
    },
    get waiting() {
      return steps.length;
    },
    comes() {
      const one = {};
      coming.add(one);
      return () => void coming.delete(one);
    },
    async settled() {
      do await here.exit(() => setImmediate());
      while (coming.size > 0);
    },
    async turn() {
      await world.settled();
      steps = steps.filter(({ actor }) => !actor.isDead);
      const timer = nextTimer();
      if (timer !== null && (steps.length === 0 || random() < impatience())) {
        timers.delete(timer);
        at = Math.max(at, timer.at);
        timer.fire();
        return true;
      }
      const [step] = steps.splice(Math.floor(random() * steps.length), 1);
      if (step === undefined) return false;
      turns += 1;
      await step.take();
      return true;
    },
  };
  return world;
}
