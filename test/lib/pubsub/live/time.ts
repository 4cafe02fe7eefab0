// A time that stands until it is moved, and its timers.

import type { LiveOptions } from "../../../../lib/pubsub/live/index.ts";

export interface Time extends Required<Pick<LiveOptions, "now" | "timer">> {
  /** Rings what falls due, each at its moment. */
  readonly advance: (ms: number) => void;
  /** When the next timer rings. Infinity where none is set. */
  readonly next: () => number;
  /** How many timers are set. */
  readonly set: () => number;
}

export function createTime(start = Date.UTC(2026, 10, 1)): Time {
  let at = start;
  const timers = new Map<symbol, { due: number; ring: () => void }>();
  const first = () => [...timers].toSorted(([, a], [, b]) => a.due - b.due)[0];

  return {
    now: () => at,
    next: () => first()?.[1].due ?? Infinity,
    set: () => timers.size,
    timer(ms, ring) {
      const id = Symbol("timer");
      timers.set(id, { due: at + ms, ring });
      return () => timers.delete(id);
    },
    advance(ms) {
      const until = at + ms;
      for (let next = first(); next !== undefined && next[1].due <= until; next = first()) {
        const [id, { due, ring }] = next;
        timers.delete(id);
        at = Math.max(at, due);
        ring();
      }
      at = until;
    },
  };
}
