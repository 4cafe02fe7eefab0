// /v1/queues: task queues over HTTP.

import { Hono } from "hono";
import type { NotHeld } from "../lib/lists/index.ts";
import type { ProblemError } from "../lib/hono/index.ts";
import { requireScope } from "./http/authorize.ts";
import { jsonBody } from "./http/body.ts";
import type { AppEnv } from "./http/environment.ts";
import { idempotencyKeyOf, idempotencyKeyReused } from "./http/idempotency-key.ts";
import { problem } from "./http/problems.ts";
import { valid } from "./http/validation.ts";
import { presentedDead, presentedReceived } from "./queues/answers.ts";
import {
  deadQuery,
  messagesOf,
  newMessages,
  queueName,
  queueSettings,
  receiptPath,
  receiveOptions,
  visibility,
} from "./queues/schemas.ts";

const DEFAULT_LIMIT = 20;

export const queues = new Hono<AppEnv>()
  .post(
    "/:queue/messages",
    requireScope("queues:send"),
    jsonBody(),
    valid("param", queueName),
    valid("json", newMessages),
    async (c) => {
      const call = await idempotencyKeyOf(c);
      const sent = await c.var.services.queues.send(
        c.req.valid("param").queue,
        messagesOf(c.req.valid("json")),
        { idempotencyKey: call?.key, request: call?.request },
      );
      if (sent.kind === "other-request") throw idempotencyKeyReused();
      if (sent.repeated) c.header("Idempotency-Replayed", "true");
      return c.json({ ids: sent.ids }, 201);
    },
  )

  .post(
    "/:queue/receive",
    requireScope("queues:receive"),
    jsonBody(),
    valid("param", queueName),
    valid("json", receiveOptions),
    async (c) => {
      const messages = await c.var.services.queues.receive(c.req.valid("param").queue, {
        ...c.req.valid("json"),
        signal: c.req.raw.signal,
      });
      return c.json({ messages: messages.map(presentedReceived) }, 200);
    },
  )

  .delete(
    "/:queue/messages/:receipt",
    requireScope("queues:receive"),
    valid("param", receiptPath),
    async (c) => {
      const { queue, receipt } = c.req.valid("param");
      const answer = await c.var.services.queues.ack(queue, receipt);
      if (answer.kind !== "acked") throw notHeld(answer);
      return c.body(null, 204);
    },
  )

  .patch(
    "/:queue/messages/:receipt",
    requireScope("queues:receive"),
    jsonBody(),
    valid("param", receiptPath),
    valid("json", visibility),
    async (c) => {
      const { queue, receipt } = c.req.valid("param");
      const { visibilitySeconds } = c.req.valid("json");
      const answer = await c.var.services.queues.extend(queue, receipt, visibilitySeconds);
      if (answer.kind !== "extended") throw notHeld(answer);
      return c.json({ receipt, visibleAt: answer.visibleAt.toISOString() }, 200);
    },
  )

  .get("/:queue", requireScope("queues:read"), valid("param", queueName), async (c) => {
    const { queue } = c.req.valid("param");
    return c.json({ queue, ...(await c.var.services.queues.metrics(queue)) }, 200);
  })

  .put(
    "/:queue",
    requireScope("queues:write"),
    jsonBody(),
    valid("param", queueName),
    valid("json", queueSettings),
    async (c) => {
      const { queue } = c.req.valid("param");
      const settings = c.req.valid("json");
      await c.var.services.queues.configure(queue, settings);
      return c.json({ queue, ...settings }, 200);
    },
  )

  .get(
    "/:queue/dead",
    requireScope("queues:write"),
    valid("param", queueName),
    valid("query", deadQuery),
    async (c) => {
      const { limit = DEFAULT_LIMIT, cursor } = c.req.valid("query");
      const { items, next } = await c.var.services.queues.dead(c.req.valid("param").queue, { limit, cursor });
      return c.json({ items: items.map(presentedDead), next }, 200);
    },
  )

  .post("/:queue/dead/redrive", requireScope("queues:write"), valid("param", queueName), async (c) =>
    c.json({ moved: await c.var.services.queues.redrive(c.req.valid("param").queue) }, 200),
  )

  .delete("/:queue/dead", requireScope("queues:write"), valid("param", queueName), async (c) => {
    await c.var.services.queues.purge(c.req.valid("param").queue);
    return c.body(null, 204);
  });

function notHeld({ kind }: NotHeld): ProblemError {
  return kind === "stale"
    ? problem("conflict", {
        detail: "The message was received again or redriven since: another receipt is good.",
      })
    : problem("not-found", { detail: "The message was acked or purged, or this receipt was never given." });
}
