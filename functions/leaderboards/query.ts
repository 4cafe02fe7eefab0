// What of a board is asked for, in a URL.

import * as v from "valibot";
import { limit, name, nameList } from "../http/validation.ts";

const OFFSET_RULE = "must be a whole number from 0 to 999999999999999";
const AT_RULE = "must be a day from 1970-01-01 on, as 2026-11-01";

/** A day there is: not February the 30th, which a Date takes for one in March. */
function isDay(text: string): boolean {
  const day = new Date(text);
  return day.getTime() >= 0 && day.toISOString().slice(0, 10) === text;
}

const scope = {
  period: v.exactOptional(
    v.pipe(
      v.picklist(["day", "week", "month"], "must be day, week or month"),
      v.description(
        "The board of one period, in UTC, weeks from Monday; where it is not given, of all time.",
      ),
    ),
  ),
  at: v.exactOptional(
    v.pipe(
      v.string("must be given once"),
      v.check(isDay, AT_RULE),
      v.metadata({ format: "date" }),
      v.description("A day (UTC) in the period to read. The running one where it is not given."),
    ),
  ),
};

/** Said of a day without a period: it would be read as nothing. */
const AT_ALONE = "needs a period";

export const scopeQuery = v.pipe(
  v.object(scope),
  v.forward(
    v.check(({ period, at }) => at === undefined || period !== undefined, AT_ALONE),
    ["at"],
  ),
);

/** A page, the stretch around a member, or some members: what belongs to one of them has no meaning for another. */
export const boardQuery = v.pipe(
  v.object({
    offset: v.exactOptional(
      v.pipe(
        v.string("must be given once"),
        v.regex(/^(0|[1-9]\d{0,14})$/, OFFSET_RULE),
        v.transform(Number),
        v.number(),
        v.integer(),
        v.minValue(0),
        v.description("How many to pass over; 0 where it is not given."),
      ),
    ),
    limit: v.exactOptional(
      v.pipe(limit, v.description("At most so many; 10 where it is not given, 11 around a member.")),
    ),
    around: v.exactOptional(
      v.pipe(
        name,
        v.description(
          "The stretch around this member, who is in its middle; moved inward at the ends of the board.",
        ),
      ),
    ),
    members: v.exactOptional(
      v.pipe(nameList, v.description("These members alone: 1 to 100 names, separated by commas.")),
    ),
    ...scope,
  }),
  v.forward(
    v.check(({ period, at }) => at === undefined || period !== undefined, AT_ALONE),
    ["at"],
  ),
  v.forward(
    v.check(
      ({ around, offset }) => around === undefined || offset === undefined,
      "cannot be used with around",
    ),
    ["offset"],
  ),
  v.forward(
    v.check(
      ({ members, around }) => members === undefined || around === undefined,
      "cannot be used with around",
    ),
    ["members"],
  ),
  v.forward(
    v.check(
      ({ members, offset, limit: most }) =>
        members === undefined || (offset === undefined && most === undefined),
      "cannot be used with offset or limit",
    ),
    ["members"],
  ),
);

/** The query's part that says which of a board's boards, as the boards take it. */
export const scopeOf = ({ period, at }: v.InferOutput<typeof scopeQuery>) => ({
  ...(period !== undefined && { period }),
  ...(at !== undefined && { at: new Date(at) }),
});
