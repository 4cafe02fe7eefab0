// What a leaderboard answers over HTTP.

import * as v from "valibot";
import type { Place } from "../../lib/leaderboards/index.ts";

const rank = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(1),
  v.description("From 1; equals share it: 1, 2, 2, 4."),
);
const total = v.pipe(v.number(), v.integer(), v.description("How many members the board has."));

const updatedEntries = {
  member: v.string(),
  score: v.pipe(v.number(), v.description("The member's score now.")),
  rank: v.pipe(
    v.nullable(v.pipe(v.number(), v.integer())),
    v.description("From 1; equals share it. null where the board is full and the member has fallen off it."),
  ),
  changed: v.pipe(
    v.boolean(),
    v.description("Whether this changed the score, or brought the member onto the board."),
  ),
};

export const updated = v.pipe(
  v.object(updatedEntries),
  v.metadata({ ref: "UpdatedScore", examples: [{ member: "ada", score: 1_200, rank: 1, changed: true }] }),
);

export const updatedList = v.pipe(
  v.object({ items: v.array(updated) }),
  v.metadata({
    ref: "UpdatedScores",
    examples: [{ items: [{ member: "ada", score: 1_200, rank: 1, changed: true }] }],
  }),
);

export const boardPage = v.pipe(
  v.object({
    board: v.string(),
    total,
    items: v.array(
      v.object({
        rank,
        member: v.string(),
        score: v.number(),
        data: v.exactOptional(v.pipe(v.unknown(), v.description("Where some was given."))),
      }),
    ),
  }),
  v.metadata({
    ref: "LeaderboardPage",
    examples: [
      {
        board: "chess",
        total: 2,
        items: [
          { rank: 1, member: "ada", score: 1_200 },
          { rank: 2, member: "bob", score: 1_150, data: { country: "NL" } },
        ],
      },
    ],
  }),
);

export const standing = v.pipe(
  v.object({
    member: v.string(),
    score: v.number(),
    rank,
    percentile: v.pipe(
      v.number(),
      v.minValue(0),
      v.maxValue(100),
      v.description("The share of members with a score not above this one's."),
    ),
    total,
  }),
  v.metadata({
    ref: "LeaderboardStanding",
    examples: [{ member: "bob", score: 1_150, rank: 2, percentile: 50, total: 2 }],
  }),
);

/** A place as a board's page shows it. */
export const placeOf = ({ rank: at, member, score, data }: Place) => ({
  rank: at,
  member,
  score,
  ...(data !== undefined && { data }),
});
