// What a run is about: who publishes what, who listens, and what goes wrong, all of it by the seed.

import { createRandom } from "../../local/seed/random.ts";
import { drawFaults, oneOf, type BadReceiver, type Draw, type Fault } from "./faults.ts";

const CHANNELS = ["user:new", "user:gone", "order:new", "order:paid", "news"] as const;
const PATTERNS = ["*", "user:*", "order:*", "user:new", "o*", "news"] as const;

export interface ListenerPlan {
  readonly pattern: string;
  /** Null: it answers well. */
  readonly how: BadReceiver | null;
  /** How often an event fails before it is taken. */
  readonly tries: number;
  readonly inCode: boolean;
}

export interface Scenario {
  readonly seed: number;
  readonly random: () => number;
  readonly draw: Draw;
  readonly faults: readonly Fault[];
  readonly listeners: readonly ListenerPlan[];
  /** Bursts of events, published at once each. */
  readonly bursts: readonly (readonly { readonly channel: string; readonly key: string | null }[])[];
  /** Turns that the publisher lets pass before each burst, at most. */
  readonly pace: number;
  /** Dispatchers at once, where no fault says so. */
  readonly dispatchers: number;
  /** Of a dispatcher's run. */
  readonly subrequests: number;
  /** Runs of dispatchers while events are published. */
  readonly crons: number;
  /** How often time goes on though somebody could act. */
  readonly impatience: number;
  /** Whether the bad receivers stay so. */
  readonly isIncurable: boolean;
}

/** The same for the same seed. @param faults instead of those drawn */
export function createScenario(seed: number, faults?: readonly Fault[]): Scenario {
  const random = createRandom(seed);
  const draw: Draw = (from, to) => from + Math.floor(random() * (to - from + 1));
  const drawn = drawFaults(seed, draw);
  const all = faults ?? drawn;
  const bad = all.flatMap((fault) => (fault.kind === "receiver" ? [fault.how] : []));
  // A dispatcher that is never refused anything has little to remember: so elsewhere too, one in three fails at times.
  const others: (BadReceiver | null)[] = Array.from({ length: draw(1, 3) }, () =>
    draw(1, 3) === 1 ? "moody" : null,
  );
  // What is gone before one in code was ever served is not told to it: it may just as well be new.
  const isTrimmed = all.some((fault) => fault.kind === "trim" && fault.what !== "seen");
  const listeners = [null, ...bad, ...others].slice(0, 4).map((how): ListenerPlan => ({
    pattern: how === null ? oneOf(PATTERNS, draw) : oneOf(PATTERNS.slice(0, 3), draw),
    how,
    tries: draw(1, 4) === 1 ? 100 : draw(1, 3),
    inCode: draw(1, 4) === 1 && how !== "410" && !isTrimmed,
  }));
  const keys = Array.from({ length: draw(2, 5) }, (_, i) => `k${i + 1}`);
  const events = Array.from({ length: draw(10, 60) }, () => ({
    channel: oneOf(CHANNELS, draw),
    key: draw(1, 5) === 1 ? null : oneOf(keys, draw),
  }));
  const bursts: (typeof events)[] = [];
  while (events.length > 0) bursts.push(events.splice(0, draw(1, 8)));
  return {
    seed,
    random,
    draw,
    faults: all,
    listeners,
    bursts,
    pace: oneOf([0, 1, 3, 6], draw),
    dispatchers: draw(1, 2),
    subrequests: oneOf([20, 50, 200], draw),
    crons: draw(3, 6),
    impatience: draw(1, 3) === 1 ? 0.05 : 0,
    isIncurable: draw(1, 8) === 1,
  };
}
