// /v1/history: what a subject did last, over HTTP.

import { Hono } from "hono";
import { newItem, subjectName } from "./history/schemas.ts";
import { requireScope } from "./http/authorize.ts";
import { jsonBody } from "./http/body.ts";
import type { AppEnv } from "./http/environment.ts";
import { valid } from "./http/validation.ts";

export const history = new Hono<AppEnv>()
  .post(
    "/:subject",
    requireScope("history:write"),
    jsonBody(),
    valid("param", subjectName),
    valid("json", newItem),
    async (c) => {
      const { subject } = c.req.valid("param");
      const { item } = c.req.valid("json");
      await c.var.services.history.push(subject, item);
      return c.json({ subject, item }, 201);
    },
  )

  .get("/:subject", requireScope("history:read"), valid("param", subjectName), async (c) => {
    const items = await c.var.services.history.list(c.req.valid("param").subject);
    return c.json({ items }, 200);
  });
