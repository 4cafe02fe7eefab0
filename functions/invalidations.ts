// POST /v1/cache/invalidations: takes entries out of the cache by hand.

import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import { isScanCursor, type Cache } from "../lib/cache/index.ts";
import { requireScope } from "./http/authorize.ts";
import { jsonBody } from "./http/body.ts";
import { boundedList } from "./http/bounded-list.ts";
import { productKey } from "./products/catalogue.ts";
import type { Database } from "./database/index.ts";
import type { AppEnv } from "./http/environment.ts";
import { answer, problems, withScope } from "./http/openapi.ts";
import { body, name, pattern, valid } from "./http/validation.ts";

const names = boundedList(name, 100);

const request = v.pipe(
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

const result = v.pipe(
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

const documentation = {
  tags: ["Cache"],
  operationId: "invalidateCache",
  summary: "Invalidate cache entries",
  description:
    "By key, by tag, by pattern, or all of them. Keys are `product:{id}` and `products:…` (lists); tags are `products` " +
    "(every entry) and `category:{name}` (the lists of a category, and its products). A pattern goes in steps: where " +
    "`next` is not null, send the pattern again with it as `cursor`.",
  ...withScope("cache:write"),
  responses: {
    200: answer("What was invalidated.", result),
    ...problems(
      "bad-request",
      "unauthorized",
      "forbidden",
      "content-too-large",
      "unsupported-media-type",
      "redis-unavailable",
    ),
  },
};

export const invalidations = new Hono<AppEnv>().post(
  "/",
  describeRoute(documentation),
  requireScope("cache:write"),
  jsonBody(),
  valid("json", request),
  async (c) => {
    const { keys = [], tags = [], pattern: glob, cursor } = c.req.valid("json");
    const { cache, database } = c.var.services;
    const uniqueTags = [...new Set(tags)];

    const [deleted, ofCategories, , step] = await Promise.all([
      keys.length === 0 ? 0 : cache.delete(...new Set(keys)),
      deleteCategories(uniqueTags, cache, database),
      cache.invalidateTags(...uniqueTags),
      glob === undefined ? { deleted: 0, next: null } : cache.deletePattern(glob, cursor),
    ]);
    return c.json(
      { deleted: deleted + ofCategories + step.deleted, tags: uniqueTags.length, next: step.next },
      200,
    );
  },
);

/** Products whose keys are removed with one command. */
const CHUNK = 1_000;
const CATEGORY = /^category:(.+)$/;

/**
 * A product's entry cannot carry its category as a tag, for that is known only after it was loaded: so the products of
 * the categories are looked up and removed by key.
 *
 * Cost: for each 1,000 products, of whatever category, 1 query, 1 trip, 2 commands.
 */
async function deleteCategories(tags: readonly string[], cache: Cache, database: Database): Promise<number> {
  const categories = tags.flatMap((tag) => CATEGORY.exec(tag)?.[1] ?? []);
  if (categories.length === 0) return 0;
  let deleted = 0;
  for (let after = 0; ;) {
    const ids = await database.products.idsOf(categories, after, CHUNK);
    if (ids.length > 0) deleted += await cache.delete(...ids.map(productKey));
    if (ids.length < CHUNK) return deleted;
    after = ids.at(-1) ?? after;
  }
}
