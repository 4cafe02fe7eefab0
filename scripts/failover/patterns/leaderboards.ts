// Leaderboards, by sums: an update that came to pass twice would show.

import { createLeaderboards } from "../../../lib/leaderboards/index.ts";
import { countEach, TRIP_MS, type Label, type Pattern, type Stage } from "../types.ts";

const BOARDS = 6;

const boardOf = (label: Label): string => `board-${label % BOARDS}`;
const memberOf = (label: Label): string => `member-${label}`;

export function leaderboardsPattern({ isolate, patient, prefix }: Stage): Pattern {
  const { open } = isolate();

  return {
    operations: [
      {
        name: "leaderboards: update",
        boundMs: TRIP_MS,
        run: async (label) => {
          const boards = createLeaderboards({ redis: open(), prefix });
          await boards.update(boardOf(label), { member: memberOf(label), score: 1, mode: "sum" });
          return "acknowledged";
        },
      },
    ],
    effects: [
      {
        name: "leaderboards: on the board",
        of: "leaderboards: update",
        counts: (labels) => {
          const boards = createLeaderboards({ redis: patient, prefix });
          return countEach(
            labels,
            async (label) => (await boards.standing(boardOf(label), memberOf(label)))?.score ?? 0,
          );
        },
      },
    ],
  };
}
