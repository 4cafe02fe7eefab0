// What an isolate remembers of refusals: who is refused and calls on costs no trip.

import type { Standing } from "./decide.ts";
import type { Policy } from "./types.ts";

/** What a check asks: keys with what is to be taken from each, and by which policy. */
export type Wants = readonly { readonly key: string; readonly cost: number; readonly policy: Policy }[];

export interface Refusals {
  /** What Redis said of the same check, while nothing but a reset or permits given back could change that. */
  recall(wants: Wants, now: number): readonly Standing[] | undefined;
  /** @param until by the isolate's clock */
  remember(wants: Wants, standings: readonly Standing[], until: number): void;
  /** Forgets every check that asks this key. */
  forget(key: string): void;
}

interface Refusal {
  readonly wants: Wants;
  readonly standings: readonly Standing[];
  readonly until: number;
}

/** A policy may change, or be another for others, under the same key: what one refuses another may let pass. */
const nameOf = (wants: Wants): string =>
  wants
    .map(({ key, cost, policy: { limit, windowSeconds, algorithm, shadow = false } }) =>
      [cost, limit, windowSeconds, algorithm, shadow, key].join(" "),
    )
    .join("\n");

/** @param maxEntries the checks that are remembered; the oldest goes first */
export function createRefusals(maxEntries: number): Refusals {
  const refusals = new Map<string, Refusal>();

  return {
    recall(wants, now) {
      if (refusals.size === 0) return undefined;
      const refusal = refusals.get(nameOf(wants));
      return refusal !== undefined && now < refusal.until ? refusal.standings : undefined;
    },

    remember(wants, standings, until) {
      const name = nameOf(wants);
      refusals.delete(name);
      refusals.set(name, { wants, standings, until });
      const [oldest] = refusals.keys();
      if (refusals.size > maxEntries && oldest !== undefined) refusals.delete(oldest);
    },

    forget(key) {
      for (const [name, { wants }] of refusals) {
        if (wants.some((want) => want.key === key)) refusals.delete(name);
      }
    },
  };
}
