// What an invalidation looks like over HTTP.

import * as v from "valibot";
import { isScanCursor } from "../../lib/cache/index.ts";
import { boundedList } from "../http/bounded-list.ts";
import { body, name, pattern } from "../http/validation.ts";

const names = boundedList(name, 100);

export const invalidation = v.pipe(
  body({
    keys: v.exactOptional(names),
    tags: v.exactOptional(names),
    pattern: v.exactOptional(pattern),
    cursor: v.exactOptional(
      v.pipe(
        v.string("must be a string"),
        v.check(isScanCursor, "must be the `next` of the step before"),
        v.description("The `next` of the step before, with the same pattern."),
      ),
    ),
  }),
  v.check(
    ({ keys, tags, pattern: glob }) => Boolean(keys ?? tags ?? glob),
    "must have keys, tags or a pattern",
  ),
  v.check(
    ({ cursor, pattern: glob }) => cursor === undefined || glob !== undefined,
    "has a cursor without a pattern",
  ),
  v.metadata({
    ref: "Invalidation",
    examples: [{ keys: ["product:1"], tags: ["category:furniture"] }, { pattern: "products:*" }],
  }),
);

export const invalidated = v.pipe(
  v.object({
    deleted: v.pipe(v.number(), v.integer(), v.description("Entries removed.")),
    tags: v.pipe(
      v.number(),
      v.integer(),
      v.description("Tags moved on: all entries under them are invalid."),
    ),
    next: v.pipe(
      v.nullable(v.string()),
      v.description("Where a pattern's next step goes on, as `cursor`; null where it is done."),
    ),
  }),
  v.metadata({ ref: "InvalidationResult", examples: [{ deleted: 3, tags: 1, next: null }] }),
);
