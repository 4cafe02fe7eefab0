// Where a list goes on: the bounds of what is asked for.

import type { PageOptions } from "./types.ts";

/** Posts or users of a page where nothing is said, and at most. */
const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** @throws RangeError */
export function checkLimit(limit = DEFAULT_LIMIT): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new RangeError(`limit must be an integer from 1 to ${MAX_LIMIT}`);
}

/** How many there may be, one more of which tells whether there is a next page, and behind what: "" for nothing. */
export function checkPage({ before, limit }: PageOptions): { limit: number; before: number | "" } {
  if (before !== undefined && !Number.isSafeInteger(before)) {
    throw new RangeError("before must be the `next` of another page");
  }
  return { limit: checkLimit(limit), before: before ?? "" };
}

/** When what has a stamp came to be: see STAMPS. */
export const dateOf = (stamp: number): Date => new Date(Math.floor(stamp / 1_000));
