// POST /v1/cache/invalidations: takes entries out of the cache by hand.

import { Hono } from "hono";
import type { Cache } from "../lib/cache/index.ts";
import { requireScope } from "./http/authorize.ts";
import { jsonBody } from "./http/body.ts";
import { productKey } from "./products/catalogue.ts";
import type { Database } from "./database/index.ts";
import type { AppEnv } from "./http/environment.ts";
import { valid } from "./http/validation.ts";
import { invalidation } from "./invalidations/schemas.ts";

export const invalidations = new Hono<AppEnv>().post(
  "/",
  requireScope("cache:write"),
  jsonBody(),
  valid("json", invalidation),
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
