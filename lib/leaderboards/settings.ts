// A leaderboards' options with every default filled in, and what is derived from them once.

import type { Redis } from "../redis/index.ts";
import { createBoards, type Boards } from "./keys.ts";
import { createScores, type Scores } from "./scores.ts";
import type { LeaderboardsOptions } from "./types.ts";

export interface LeaderboardsSettings {
  readonly redis: Redis;
  readonly boards: Boards;
  readonly scores: Scores;
  readonly ties: "name" | "earlier";
  readonly maxMembers: number;
  readonly now: () => number;
}

/** @throws RangeError */
export function checkInteger(value: number, field: string, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${field} must be an integer from ${least} to ${most}`);
  }
  return value;
}

export function settingsOf({
  redis,
  prefix = "sedge",
  order = "descending",
  ties = "name",
  periods = { day: 30, week: 12, month: 12 },
  maxMembers = 1_000_000,
  now = Date.now,
}: LeaderboardsOptions): LeaderboardsSettings {
  // More would make a removal, which looks at each of them, a long script.
  for (const kept of Object.values(periods)) checkInteger(kept, "periods", 0, 400);
  return {
    redis,
    boards: createBoards({ prefix, periods }),
    scores: createScores(order),
    ties,
    maxMembers: checkInteger(maxMembers, "maxMembers", 1, Number.MAX_SAFE_INTEGER),
    now,
  };
}
