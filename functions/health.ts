// /healthz: it lives. /readyz: and what it needs answers.

import { Hono } from "hono";
import type { AppEnv } from "./http/environment.ts";
import { problem } from "./http/problems.ts";
import { readiness } from "./readiness.ts";

export const health = new Hono<AppEnv>()
  .get("/healthz", (c) => {
    c.header("Cache-Control", "no-store");
    return c.json({ status: "ok" as const, version: c.var.services.version }, 200);
  })
  .get("/readyz", async (c) => {
    const { redis, database, prefix, configuration, now } = c.var.services;
    const { ready: isReady, ...found } = await readiness({ redis, database, prefix, configuration, now });
    if (!isReady) throw problem("not-ready", { members: found, headers: { "Retry-After": "5" } });
    c.header("Cache-Control", "no-store");
    const { configuration: _none, ...parts } = found;
    return c.json({ status: "ok" as const, ...parts }, 200);
  });
