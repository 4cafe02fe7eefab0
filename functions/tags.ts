// /v1/tags: an item's tags. /v1/items: items by their tags.

import { Hono } from "hono";
import { requireScope } from "./http/authorize.ts";
import { jsonBody } from "./http/body.ts";
import type { AppEnv } from "./http/environment.ts";
import { valid } from "./http/validation.ts";
import { itemName, itemQuery, newTags } from "./tags/schemas.ts";

export const tags = new Hono<AppEnv>()
  .put(
    "/tags/:item",
    requireScope("tags:write"),
    jsonBody(),
    valid("param", itemName),
    valid("json", newTags),
    async (c) => {
      const { item } = c.req.valid("param");
      const given = [...new Set(c.req.valid("json").tags)];
      await c.var.services.tags.replace(item, given);
      return c.json({ item, tags: given }, 200);
    },
  )

  .get("/tags/:item", requireScope("tags:read"), valid("param", itemName), async (c) => {
    const { item } = c.req.valid("param");
    return c.json({ item, tags: await c.var.services.tags.get(item) }, 200);
  })

  .get("/items", requireScope("tags:read"), valid("query", itemQuery), async (c) => {
    const { limit, cursor, ...query } = c.req.valid("query");
    const page = await c.var.services.tags.items(query, {
      ...(limit !== undefined && { limit }),
      ...(cursor !== undefined && { after: cursor }),
    });
    return c.json(page, 200);
  });
