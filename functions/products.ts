// /v1/products: the catalogue over HTTP.

import { Hono } from "hono";
import type { Loaded } from "../lib/cache/index.ts";
import { requireScope } from "./http/authorize.ts";
import { jsonBody } from "./http/body.ts";
import { answerCached, cacheStatus } from "./http/cached-answer.ts";
import { decodeCursor, encodeCursor } from "./http/cursor.ts";
import type { AppEnv } from "./http/environment.ts";
import { honourIdempotencyKey } from "./http/idempotency.ts";
import { limitPublic } from "./http/limits.ts";
import { problem } from "./http/problems.ts";
import { newProduct, productChanges, productId, productQuery } from "./products/schemas.ts";
import { valid } from "./http/validation.ts";

/** Products of a page where nothing is said. */
const DEFAULT_LIMIT = 20;

// On each route, in the order in which it refuses: 401, 403 and 429 (requireScope; limitPublic where there is none), 413 and
// 415 (jsonBody), 400 (valid).
export const products = new Hono<AppEnv>()
  .get("/", limitPublic(), valid("query", productQuery), async (c) => {
    const { category, limit = DEFAULT_LIMIT, cursor } = c.req.valid("query");
    const after = cursor === undefined ? 0 : (decodeCursor(cursor) ?? 0);
    const { value, status } = await c.var.services.catalogue.list({ category, after, limit });
    c.header("Cache-Status", cacheStatus(status));
    return answerCached(c, {
      items: value.items,
      next: value.after === null ? null : encodeCursor(value.after),
    });
  })

  .get("/:id", limitPublic(), valid("param", productId), async (c) => {
    const { value, status } = await c.var.services.catalogue.get(c.req.valid("param").id);
    c.header("Cache-Status", cacheStatus(status));
    if (value === null) throw missing(status);
    return answerCached(c, value);
  })

  .post(
    "/",
    requireScope("products:write"),
    jsonBody(),
    valid("json", newProduct),
    honourIdempotencyKey(),
    async (c) => {
      const product = await c.var.services.catalogue.create(c.req.valid("json"));
      return c.json(product, 201, { Location: `/v1/products/${product.id}` });
    },
  )

  .patch(
    "/:id",
    requireScope("products:write"),
    jsonBody(),
    valid("param", productId),
    valid("json", productChanges),
    async (c) => {
      const product = await c.var.services.catalogue.update(c.req.valid("param").id, c.req.valid("json"));
      if (product === "missing") throw missing();
      if (product === "contended") throw contended();
      return c.json(product, 200);
    },
  )

  .delete("/:id", requireScope("products:write"), valid("param", productId), async (c) => {
    const outcome = await c.var.services.catalogue.remove(c.req.valid("param").id);
    if (outcome === "missing") throw missing();
    if (outcome === "contended") throw contended();
    return c.body(null, 204);
  });

/** Said by the cache, where `status` is given: then the answer says so too. */
const missing = (status?: Loaded<unknown>["status"]) =>
  problem("not-found", {
    detail: "There is no product with this id.",
    ...(status === undefined ? {} : { headers: { "Cache-Status": cacheStatus(status) } }),
  });

const contended = () =>
  problem("conflict", { detail: "The product is being moved between categories. Try again." });
