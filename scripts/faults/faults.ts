// What goes wrong, drawn from a seed.

/** A whole number from `from` to `to`. */
export type Draw = (from: number, to: number) => number;

export type Fault =
  /** A dispatcher ends at one of its calls to Redis, before it is made or behind it. Calls count from 1 over all runs. */
  | { readonly kind: "kill"; readonly call: number; readonly behind: boolean }
  /** Redis has made a dispatcher's call, and the answer is lost. */
  | { readonly kind: "answer-lost"; readonly call: number }
  /** The same for a publisher's call, who tries it again or leaves it. */
  | { readonly kind: "publish-lost"; readonly call: number; readonly again: boolean }
  /** No call arrives, of any dispatcher's or publisher's, from one of the dispatchers' calls on. */
  | { readonly kind: "away"; readonly call: number; readonly calls: number }
  /** The lease ends while somebody works: time goes on by more than it. Turns are of the world. */
  | { readonly kind: "lease"; readonly turn: number }
  /** The last events are published just before one of the dispatchers' calls. No other run is started until they are due. */
  | { readonly kind: "last-events"; readonly call: number }
  /** So many dispatchers at once. */
  | { readonly kind: "dispatchers"; readonly count: number }
  | { readonly kind: "cron"; readonly how: "skipped" | "doubled" | "late" }
  | { readonly kind: "receiver"; readonly how: BadReceiver }
  /** The log is trimmed: of what all have seen, of all, or of half. */
  | { readonly kind: "trim"; readonly turn: number; readonly what: "seen" | "all" | "half" }
  /** The dispatchers' clock jumps. */
  | { readonly kind: "clock"; readonly turn: number; readonly byMs: number }
  /** The clock of every second dispatcher is wrong all the time. */
  | { readonly kind: "skew"; readonly byMs: number }
  /** The last id is ahead of Redis's clock: that one has jumped back. */
  | { readonly kind: "ids-ahead"; readonly byMs: number }
  | {
      readonly kind: "change";
      readonly turn: number;
      readonly what: "pause" | "pause-resume" | "remove" | "create";
    };

export type FaultKind = Fault["kind"];

const BAD_RECEIVERS = ["500", "429", "302", "410", "hangs", "late", "absent", "moody"] as const;
/**
 * What a receiver does: answers 500, 429 with `Retry-After`, 302 or 410; never answers; answers when it is too late; is not
 * there; or any of these by turns.
 */
export type BadReceiver = (typeof BAD_RECEIVERS)[number];

const JUMPS_MS = [-86_400_000, -3_600_000, -20_000, -1_000, 1_000, 20_000, 3_600_000, 86_400_000] as const;

const DRAWS: { readonly [Kind in Exclude<FaultKind, "last-events">]: (draw: Draw) => Fault } = {
  kill: (draw) => ({ kind: "kill", call: draw(1, 25), behind: draw(0, 1) === 1 }),
  "answer-lost": (draw) => ({ kind: "answer-lost", call: draw(1, 25) }),
  "publish-lost": (draw) => ({ kind: "publish-lost", call: draw(1, 12), again: draw(0, 1) === 1 }),
  away: (draw) => ({ kind: "away", call: draw(1, 15), calls: draw(1, 8) }),
  lease: (draw) => ({ kind: "lease", turn: draw(5, 40) }),
  dispatchers: (draw) => ({ kind: "dispatchers", count: draw(2, 3) }),
  cron: (draw) => ({ kind: "cron", how: oneOf(["skipped", "doubled", "late"] as const, draw) }),
  receiver: (draw) => ({ kind: "receiver", how: oneOf(BAD_RECEIVERS, draw) }),
  trim: (draw) => ({ kind: "trim", turn: draw(5, 60), what: oneOf(["seen", "all", "half"] as const, draw) }),
  clock: (draw) => ({ kind: "clock", turn: draw(5, 60), byMs: oneOf(JUMPS_MS, draw) }),
  skew: (draw) => ({ kind: "skew", byMs: oneOf(JUMPS_MS, draw) }),
  "ids-ahead": (draw) => ({ kind: "ids-ahead", byMs: draw(1, 7) * 86_400_000 }),
  change: (draw) => ({
    kind: "change",
    turn: draw(5, 60),
    what: oneOf(["pause", "pause-resume", "remove", "create"] as const, draw),
  }),
};

export const FAULT_KINDS = Object.keys(DRAWS) as readonly (keyof typeof DRAWS)[];

export function oneOf<T>(list: readonly T[], draw: Draw): T {
  const chosen = list[draw(0, list.length - 1)];
  if (chosen === undefined) throw new RangeError("nothing to choose from");
  return chosen;
}

/** One fault of each kind in turn with even seeds; with odd ones two at once. */
export function drawFaults(seed: number, draw: Draw): Fault[] {
  const first = FAULT_KINDS[Math.floor(seed / 2) % FAULT_KINDS.length] ?? "kill";
  const kinds = seed % 2 === 0 ? [first] : [first, oneOf(FAULT_KINDS, draw)];
  return kinds.map((kind) => DRAWS[kind](draw));
}
