// Scores, and the values by which Redis orders them: the lesser value is always the better place.

import type { LeaderboardsOptions } from "./types.ts";

export interface Scores {
  /** @throws RangeError for what is no score */
  readonly valueOf: (score: number) => number;
  readonly scoreOf: (value: number) => number;
  /**
   * The share of members with a score not above one's own, 0 to 100.
   * @param before how many have a better place
   * @param equal how many have the same, oneself among them
   */
  readonly percentile: (total: number, before: number, equal: number) => number;
}

export function createScores(order: LeaderboardsOptions["order"]): Scores {
  const descending = order !== "ascending";
  // Subtracted, not negated: a score of 0 has one value, not −0 besides.
  const turn = (n: number): number => (descending ? 0 - n : n + 0);
  return {
    valueOf(score) {
      if (!Number.isFinite(score) || Math.abs(score) > Number.MAX_SAFE_INTEGER) {
        throw new RangeError("score must be a number from -(2^53 - 1) to 2^53 - 1");
      }
      return turn(score);
    },
    scoreOf: turn,
    percentile: (total, before, equal) => (100 * (descending ? total - before : before + equal)) / total,
  };
}
