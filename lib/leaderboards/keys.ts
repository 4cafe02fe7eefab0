// The Redis keys of a board: two for the whole one, two for each period of it, all in one slot of a Redis Cluster.

import { checkName, slot } from "../keys.ts";
import { startOf } from "./period.ts";
import type { Period, Scope } from "./types.ts";

/** A board's keys, as the scripts take them: `places`, then `index`. */
export type BoardKeys = readonly [places: string, index: string];

export interface BoardSchedule {
  readonly prefix: string;
  /** The periods that are written, and how many of each are kept after their end. */
  readonly periods: Partial<Record<Period, number>>;
}

export interface Boards {
  /** The keys of one: `sedge:leaderboard:{chess}`, `sedge:leaderboard:{chess}:day:2026-11-01`, each with `:index`. */
  readonly read: (board: string, scope: Scope, now: number) => BoardKeys;
  /** The keys an update writes, the whole board's first, and for how many milliseconds each is kept; 0 is for good. */
  readonly written: (board: string, now: number) => { readonly keys: BoardKeys; readonly lastsMs: number }[];
  /** All keys that may be there. */
  readonly kept: (board: string, now: number) => readonly BoardKeys[];
}

const pair = (places: string): BoardKeys => [places, `${places}:index`];

export function createBoards({ prefix, periods }: BoardSchedule): Boards {
  checkName(prefix, "prefix");
  const schedule = Object.entries(periods) as [Period, number][];

  const whole = (board: string): string => `${prefix}:leaderboard:${slot(checkName(board, "board"))}`;
  const part = (board: string, period: Period, start: number): BoardKeys =>
    pair(`${whole(board)}:${period}:${new Date(start).toISOString().slice(0, 10)}`);

  return {
    read: (board, { period, at }, now) =>
      period === undefined ? pair(whole(board)) : part(board, period, startOf(period, Number(at ?? now))),

    written: (board, now) => [
      { keys: pair(whole(board)), lastsMs: 0 },
      ...schedule.map(([period, kept]) => ({
        keys: part(board, period, startOf(period, now)),
        lastsMs: startOf(period, now, kept + 1) - now,
      })),
    ],

    kept: (board, now) => [
      pair(whole(board)),
      // From the oldest kept to the next one: another isolate's clock may be ahead.
      ...schedule.flatMap(([period, kept]) =>
        Array.from({ length: kept + 2 }, (_, i) => part(board, period, startOf(period, now, i - kept))),
      ),
    ],
  };
}
