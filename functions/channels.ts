// /v1/channels: events over HTTP.

import { Hono } from "hono";
import { EventTooLargeError } from "../lib/pubsub/index.ts";
import { requireReader } from "./channels/authorize.ts";
import { answerStream, wantsStream } from "./channels/live.ts";
import {
  channelName,
  channelPattern,
  eventsQuery,
  MAX_EVENT_BYTES,
  newEvent,
  newReadToken,
} from "./channels/schemas.ts";
import { requireScope } from "./http/authorize.ts";
import { jsonBody } from "./http/body.ts";
import type { AppEnv } from "./http/environment.ts";
import { idempotencyKeyOf, idempotencyKeyReused } from "./http/idempotency-key.ts";
import { problem } from "./http/problems.ts";
import { valid } from "./http/validation.ts";

/** Tokens and events are for their caller alone. */
const PRIVATE = { "Cache-Control": "no-store" };

export const channels = new Hono<AppEnv>()
  .post(
    "/:channel/events",
    requireScope("events:publish"),
    jsonBody({ maxBytes: MAX_EVENT_BYTES }),
    valid("param", channelName),
    valid("json", newEvent),
    async (c) => {
      const { channel } = c.req.valid("param");
      const { data, type, key } = c.req.valid("json");
      const once = await idempotencyKeyOf(c);
      const { events, dispatch } = c.var.services;
      const outcome = await events
        .publish(channel, data, { type, key, idempotencyKey: once?.key, request: once?.request })
        .catch((error: unknown) => {
          // The body was not too large, and what it means is: 1e20 is 21 digits.
          throw error instanceof EventTooLargeError ? tooLarge() : error;
        });
      if (outcome.kind === "other-request") throw idempotencyKeyReused();
      if (outcome.start) dispatch.start();
      if (outcome.repeated) c.header("Idempotency-Replayed", "true");
      return c.json({ id: outcome.id, channel }, 202);
    },
  )

  .get(
    "/:channel/events",
    requireReader(),
    valid("param", channelPattern),
    valid("query", eventsQuery),
    async (c) => {
      const { channel } = c.req.valid("param");
      const { after, limit } = c.req.valid("query");
      c.header("Vary", "Accept", { append: true });
      if (wantsStream(c)) return answerStream(c, channel, after);
      const { events, next, gap } = await c.var.services.events.read(channel, { after, limit });
      return c.json({ items: events, next, ...(gap !== null && { gap }) }, 200, PRIVATE);
    },
  )

  .post(
    "/:channel/tokens",
    requireScope("events:read"),
    jsonBody(),
    valid("param", channelPattern),
    valid("json", newReadToken),
    async (c) => {
      const { channel: pattern } = c.req.valid("param");
      const { ttlSeconds } = c.req.valid("json");
      const { token, expiresAt } = await c.var.services.readTokens.issue(pattern, ttlSeconds);
      return c.json({ token, pattern, expiresAt: expiresAt.toISOString() }, 201, PRIVATE);
    },
  );

const tooLarge = () => problem("content-too-large", { detail: "An event has at most 256 KiB." });
