// What a leaderboard takes over HTTP.

import * as v from "valibot";
import { encode } from "../../lib/codec.ts";
import { body, name } from "../http/validation.ts";
import { boundedList } from "../http/bounded-list.ts";
import { isWithin, MAX_LEVELS } from "../http/nesting.ts";

/** Of a member's data, as JSON in UTF-8. */
const MAX_DATA_BYTES = 4_096;
/** Members of one POST. */
const MAX_BATCH = 1_000;

const SCORE_RULE = "must be a number from -(2^53 - 1) to 2^53 - 1";
const MODE_RULE = "must be best, latest or sum";

/**
 * Whether it can be kept, and read as it was written (which a key `__proto__` would not be): data that is written and
 * cannot be read would make every page that shows it fail.
 */
function isKeepable(data: unknown): boolean {
  if (!isWithin(MAX_LEVELS, data)) return false;
  if (new TextEncoder().encode(JSON.stringify(data)).length > MAX_DATA_BYTES) return false;
  try {
    encode(data);
    return true;
  } catch {
    return false;
  }
}

const data = v.pipe(
  v.unknown(),
  v.check(
    isKeepable,
    `must be at most ${MAX_DATA_BYTES} bytes of JSON, ${MAX_LEVELS} levels deep, without a key called __proto__`,
  ),
  v.description(
    "Kept beside the member, in place of what was: any JSON, at most 4 KiB and 32 levels deep. Where it is not given, what was stays.",
  ),
);

const score = v.pipe(
  v.number(SCORE_RULE),
  v.minValue(Number.MIN_SAFE_INTEGER, SCORE_RULE),
  v.maxValue(Number.MAX_SAFE_INTEGER, SCORE_RULE),
);

const mode = v.exactOptional(
  v.pipe(
    v.picklist(["best", "latest", "sum"], MODE_RULE),
    v.description(
      "What becomes of an earlier score: the better stays, the newest stands, or they are added.",
    ),
  ),
  "best",
);

export const boardName = v.object({
  board: v.pipe(name, v.description("A board's name."), v.examples(["chess"])),
});

export const memberName = v.object({
  ...boardName.entries,
  member: v.pipe(name, v.description("A member's name."), v.examples(["ada"])),
});

export const scoreUpdate = v.pipe(
  body({ score, mode, data: v.exactOptional(data) }),
  v.metadata({
    ref: "ScoreUpdate",
    examples: [{ score: 1_200 }, { score: 15, mode: "sum", data: { country: "NL" } }],
  }),
);

export const scoreBatch = v.pipe(
  body({
    mode,
    items: boundedList(body({ member: name, score, data: v.exactOptional(data) }), MAX_BATCH),
  }),
  v.metadata({
    ref: "ScoreBatch",
    examples: [
      {
        mode: "best",
        items: [
          { member: "ada", score: 1_200 },
          { member: "bob", score: 1_150, data: { country: "NL" } },
        ],
      },
    ],
  }),
);
