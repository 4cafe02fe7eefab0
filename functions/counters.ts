// /v1/counters: counters over HTTP.

import { Hono } from "hono";
import {
  counterName,
  counterNames,
  DEFAULT_BUCKET,
  DEFAULT_LAST,
  increment,
  seriesQuery,
  visitor,
} from "./counters/schemas.ts";
import { requireScope } from "./http/authorize.ts";
import { jsonBody } from "./http/body.ts";
import type { AppEnv } from "./http/environment.ts";
import { idempotencyKeyOf, idempotencyKeyReused } from "./http/idempotency-key.ts";
import { problem } from "./http/problems.ts";
import { valid } from "./http/validation.ts";

export const counters = new Hono<AppEnv>()
  .get("/", requireScope("counters:read"), valid("query", counterNames), async (c) => {
    const { names } = c.req.valid("query");
    const values = await c.var.services.counters.getMany(names);
    return c.json({ items: names.map((name, i) => ({ name, value: values[i] ?? 0 })) }, 200);
  })

  .get("/:name", requireScope("counters:read"), valid("param", counterName), async (c) => {
    const { name } = c.req.valid("param");
    return c.json({ name, value: await c.var.services.counters.get(name) }, 200);
  })

  .post(
    "/:name/increments",
    requireScope("counters:write"),
    jsonBody(),
    valid("param", counterName),
    valid("json", increment),
    async (c) => {
      const { name } = c.req.valid("param");
      const { by } = c.req.valid("json");
      const once = await idempotencyKeyOf(c);
      const counted = await c.var.services.counters.increment(name, by, {
        idempotencyKey: once?.key,
        request: once?.request,
      });
      if (counted.kind === "other-request") throw idempotencyKeyReused();
      const headers = counted.repeated ? REPLAYED : {};
      if (counted.kind === "out-of-range") throw outOfRange(headers);
      return c.json({ name, value: counted.value }, 200, headers);
    },
  )

  .get(
    "/:name/series",
    requireScope("counters:read"),
    valid("param", counterName),
    valid("query", seriesQuery),
    async (c) => {
      const { name } = c.req.valid("param");
      const { bucket = DEFAULT_BUCKET, last = DEFAULT_LAST } = c.req.valid("query");
      const points = await c.var.services.counters.series(name, bucket, last);
      return c.json(
        { name, bucket, items: points.map(({ at, value }) => ({ at: at.toISOString(), value })) },
        200,
      );
    },
  )

  .post(
    "/:name/visitors",
    requireScope("counters:write"),
    jsonBody(),
    valid("param", counterName),
    valid("json", visitor),
    async (c) => {
      const { name } = c.req.valid("param");
      const unique = await c.var.services.counters.visit(name, c.req.valid("json").id);
      return c.json({ name, unique }, 200);
    },
  )

  .get("/:name/visitors", requireScope("counters:read"), valid("param", counterName), async (c) => {
    const { name } = c.req.valid("param");
    return c.json({ name, unique: await c.var.services.counters.visitors(name) }, 200);
  })

  .delete("/:name", requireScope("counters:write"), valid("param", counterName), async (c) => {
    await c.var.services.counters.delete(c.req.valid("param").name);
    return c.body(null, 204);
  });

const REPLAYED = { "Idempotency-Replayed": "true" };

const outOfRange = (headers: Record<string, string>) =>
  problem("conflict", {
    headers,
    detail: "The counter, or a bucket of its series, would leave ±(2^53 − 1). Nothing has changed.",
  });
