// Leaderboards, put together.

import { createRead } from "./read.ts";
import { settingsOf } from "./settings.ts";
import type { Leaderboards, LeaderboardsOptions } from "./types.ts";
import { createWrite } from "./write.ts";

/**
 * Leaderboards in Redis: a sorted set for the places, and an index beside it for the ranks, changed by the same script.
 *
 * Every read is one script, so what it answers was true at one moment: members, ranks and total belong together,
 * whatever is written meanwhile. Scores are exact to 2^53 − 1.
 *
 * Make one per request, from that request's `redis`: it is cheap.
 *
 * @throws InvalidNameError, RangeError for options that are none
 */
export function createLeaderboards(options: LeaderboardsOptions): Leaderboards {
  const settings = settingsOf(options);
  return { ...createRead(settings), ...createWrite(settings) };
}
