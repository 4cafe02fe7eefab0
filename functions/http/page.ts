// Lists of what came last, first: where a page begins, and where the next one does.

import * as v from "valibot";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { limit } from "./validation.ts";

/** The query of a list whose places are numbers. */
export const pageQuery = {
  limit: v.exactOptional(v.pipe(limit, v.description("At most so many; 20 where it is not given."))),
  cursor: v.exactOptional(
    v.pipe(
      v.string("must be given once"),
      v.check((text) => decodeCursor(text) !== undefined, "must be the `next` of another page"),
      v.description("The `next` of the page before."),
    ),
  ),
};

/** The `next` of a list. */
export const nextPage = v.pipe(
  v.nullable(v.string()),
  v.description("The `cursor` of the next page; null at the end."),
);

/** A page as the patterns take it. */
export function pageOf({ limit: most, cursor }: { limit?: number; cursor?: string }): {
  limit?: number;
  before?: number;
} {
  const before = cursor === undefined ? undefined : decodeCursor(cursor);
  return { ...(most !== undefined && { limit: most }), ...(before !== undefined && { before }) };
}

/** The cursor behind a page that ends at `next`. */
export const cursorOf = (next: number | null): string | null => (next === null ? null : encodeCursor(next));
