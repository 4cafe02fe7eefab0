// A leaderboard as plain code: what the one in Redis must answer.

import type { Period, ScoreUpdate, UpdateMode } from "../../../lib/leaderboards/index.ts";

interface Held {
  score: number;
  /** When the score was reached: for who stands first among equals. */
  since: number;
  data: unknown;
}

export interface ModelOptions {
  order: "descending" | "ascending";
  ties: "name" | "earlier";
}

/** The day, the Monday and the month of a moment in UTC, told by the calendar. */
export function modelPeriod(period: Period | undefined, at: number): string {
  if (period === undefined) return "whole";
  const date = new Date(at);
  if (period === "month") return `month ${date.toISOString().slice(0, 7)}`;
  if (period === "week") date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return `${period} ${date.toISOString().slice(0, 10)}`;
}

const PERIODS = [undefined, "day", "week", "month"] as const;

export function createModel({ order, ties }: ModelOptions) {
  const boards = new Map<string, Map<string, Held>>();
  let clock = 0;
  const better = (a: number, b: number) => (order === "descending" ? a > b : a < b);
  const boardOf = (period: Period | undefined, at: number) => {
    const key = modelPeriod(period, at);
    const board = boards.get(key) ?? new Map<string, Held>();
    boards.set(key, board);
    return board;
  };

  return {
    /** @returns whether the score on the whole board changed */
    update(at: number, mode: UpdateMode, { member, score, data }: ScoreUpdate): boolean {
      const whole = boardOf(undefined, at).get(member);
      for (const period of PERIODS) {
        const board = boardOf(period, at);
        const held = board.get(member);
        let next = score;
        if (held && mode === "best" && !better(score, held.score)) next = held.score;
        if (held && mode === "sum") next = held.score + score;
        clock += 1;
        board.set(member, {
          score: next,
          since: held && held.score === next ? held.since : clock,
          data: data ?? (held ?? whole)?.data,
        });
      }
      return boardOf(undefined, at).get(member)?.score !== whole?.score;
    },

    remove(member: string) {
      for (const board of boards.values()) board.delete(member);
    },

    places(period: Period | undefined, at: number) {
      const all = [...boardOf(period, at)].toSorted(([a, x], [b, y]) => {
        if (x.score !== y.score) return better(x.score, y.score) ? -1 : 1;
        if (ties === "earlier") return x.since - y.since;
        return a < b ? -1 : 1;
      });
      return all.map(([member, { score, data }]) => {
        const place = {
          rank: 1 + all.filter(([, other]) => better(other.score, score)).length,
          member,
          score,
        };
        const percentile = (100 * all.filter(([, other]) => other.score <= score).length) / all.length;
        return { place: data === undefined ? place : { ...place, data }, percentile };
      });
    },
  };
}
