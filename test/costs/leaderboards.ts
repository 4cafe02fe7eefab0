// What each operation of the leaderboards costs at most, as their documentation states it.

import type { Leaderboards, LeaderboardsOptions } from "../../lib/leaderboards/index.ts";
import type { CostRow } from "../support/costs.ts";

/** More values than a leaf of the index lists, and a run of equals longer than a page. */
const members = (n: number) =>
  Array.from({ length: n }, (_, i) => ({
    member: `m${i}`,
    score: i < 120 ? 0 : (i * 7_919) % 100_003,
    data: i,
  }));
const fill = (boards: Leaderboards) => boards.updateMany("b", members(200));
const fillMany = (boards: Leaderboards) => boards.updateMany("b", members(1_000));
const earlier = { ties: "earlier" } as const;

export const LEADERBOARDS: readonly CostRow<Leaderboards, unknown, Partial<LeaderboardsOptions>>[] = [
  {
    operation: "`update`, with 3 periods",
    trips: 1,
    commands: 47,
    before: fill,
    run: (boards) => boards.update("b", { member: "m7", score: 500, data: "d" }),
  },
  {
    operation: "`update`, that begins the board and its periods",
    trips: 1,
    commands: 47,
    run: (boards) => boards.update("b", { member: "m7", score: 500 }),
  },
  {
    operation: "`update`, of a full board, the earlier first",
    trips: 1,
    commands: 51,
    options: { ...earlier, maxMembers: 200 },
    before: fill,
    run: (boards) => boards.update("b", { member: "new", score: 500, data: "d" }),
  },
  {
    operation: "`update`, without periods",
    trips: 1,
    commands: 11,
    options: { periods: {} },
    before: fill,
    run: (boards) => boards.update("b", { member: "m7", score: 500 }),
  },
  {
    operation: "`updateMany`, 1,000 new members, with 3 periods",
    trips: 1,
    commands: 131,
    run: fillMany,
  },
  {
    operation: "`updateMany`, 1,000 members, with 3 periods",
    trips: 1,
    commands: 131,
    before: fillMany,
    run: (boards) =>
      boards.updateMany(
        "b",
        members(1_000).map(({ member }, i) => ({ member, score: i * 0.37 })),
        { mode: "latest" },
      ),
  },
  {
    operation: "`page`, 100 members, begun among equals",
    trips: 1,
    commands: 3,
    before: fill,
    run: (boards) => boards.page("b", { offset: 100, limit: 100 }),
  },
  {
    operation: "`page`, the earlier first, of a period",
    trips: 1,
    commands: 3,
    options: earlier,
    before: fill,
    run: (boards) => boards.page("b", { offset: 100, limit: 100, period: "week" }),
  },
  {
    operation: "`around`, begun among equals",
    trips: 1,
    commands: 4,
    before: fill,
    run: (boards) => boards.around("b", "m100"),
  },
  {
    operation: "`around`, the earlier first",
    trips: 1,
    commands: 5,
    options: earlier,
    before: fill,
    run: (boards) => boards.around("b", "m100"),
  },
  {
    operation: "`standing`, with rank and percentile",
    trips: 1,
    commands: 3,
    options: earlier,
    before: fill,
    run: (boards) => boards.standing("b", "m100"),
  },
  {
    operation: "`standings`, 100 members",
    trips: 1,
    commands: 3,
    before: fill,
    run: (boards) =>
      boards.standings(
        "b",
        members(100).map(({ member }) => member),
      ),
  },
  {
    operation: "`merged`, 3 boards",
    trips: 1,
    commands: 9,
    before: fill,
    run: (boards) => boards.merged(["b", "b:2", "b:3"]),
  },
  {
    operation: "`remove`, from the board and all 60 periods that may be there",
    trips: 1,
    commands: 367,
    before: fill,
    run: (boards) => boards.remove("b", "m100"),
  },
  {
    operation: "`delete`, with all periods",
    trips: 1,
    commands: 1,
    before: fill,
    run: (boards) => boards.delete("b"),
  },
];
