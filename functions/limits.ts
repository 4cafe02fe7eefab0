// /v1/limits: rate limits as a service.

import { Hono } from "hono";
import { requireScope } from "./http/authorize.ts";
import { jsonBody } from "./http/body.ts";
import type { AppEnv } from "./http/environment.ts";
import { valid } from "./http/validation.ts";
import { limitOf, presented, storedAs } from "./limits/limits.ts";
import { limitsToCheck, limitToReset } from "./limits/schemas.ts";

export const limits = new Hono<AppEnv>()
  .post("/check", requireScope("limits:check"), jsonBody(), valid("json", limitsToCheck), async (c) => {
    const { limiter, policies } = c.var.services;
    const asked = c.req.valid("json").limits;
    const decision = await limiter.check(await Promise.all(asked.map((limit) => limitOf(limit, policies))));
    return c.json(presented(decision, asked), 200);
  })

  .post("/reset", requireScope("limits:write"), jsonBody(), valid("json", limitToReset), async (c) => {
    const [name, identifier] = await storedAs(c.req.valid("json"));
    await c.var.services.limiter.reset(name, identifier);
    return c.body(null, 204);
  });
