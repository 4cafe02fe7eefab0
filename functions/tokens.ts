// /v1/tokens: one-time tokens over HTTP.

import { Hono } from "hono";
import { requireScope } from "./http/authorize.ts";
import { jsonBody } from "./http/body.ts";
import type { AppEnv } from "./http/environment.ts";
import { problem } from "./http/problems.ts";
import { valid } from "./http/validation.ts";
import { newToken, redemption } from "./tokens/schemas.ts";

/** A token is for its caller alone. */
const PRIVATE = { "Cache-Control": "no-store" };

export const tokens = new Hono<AppEnv>()
  .post("/", requireScope("tokens:write"), jsonBody(), valid("json", newToken), async (c) => {
    const { purpose, subject, ttlSeconds } = c.req.valid("json");
    const { token, expiresAt } = await c.var.services.tokens.issue(purpose, subject, ttlSeconds);
    return c.json({ token, expiresAt: expiresAt.toISOString() }, 201, PRIVATE);
  })

  .post("/redeem", requireScope("tokens:write"), jsonBody(), valid("json", redemption), async (c) => {
    const { purpose, token } = c.req.valid("json");
    const subject = await c.var.services.tokens.redeem(purpose, token);
    // One answer for all that is none: redeemed, over, for another purpose, made up.
    if (subject === null) throw problem("not-found", { detail: "There is no such token any more." });
    return c.json({ subject }, 200, PRIVATE);
  });
