// /v1/subscriptions: webhooks, and how the Worker's own subscribers fare, over HTTP.

import { Hono } from "hono";
import type { Page } from "../lib/pubsub/index.ts";
import { createSecret } from "../lib/webhooks/index.ts";
import { requireScope } from "./http/authorize.ts";
import { jsonBody } from "./http/body.ts";
import type { AppEnv } from "./http/environment.ts";
import { problem } from "./http/problems.ts";
import { valid } from "./http/validation.ts";
import { newSubscription, pageQuery, subscriptionChanges, subscriptionId } from "./subscriptions/schemas.ts";
import type { Services } from "./services.ts";

/** Items of a page where nothing is said. */
const DEFAULT_LIMIT = 20;
/** A secret is for its caller alone. */
const PRIVATE = { "Cache-Control": "no-store" };

export const subscriptions = new Hono<AppEnv>()
  .post("/", requireScope("subscriptions:write"), jsonBody(), valid("json", newSubscription), async (c) => {
    const { url, secret = createSecret(), ...rest } = c.req.valid("json");
    await checkAddress(c.var.services, url);
    const created = await c.var.services.subscriptions.create({ ...rest, url, secret });
    if (created.kind === "too-many") throw tooMany();
    const { subscription } = created;
    return c.json({ ...subscription, secret }, 201, {
      ...PRIVATE,
      Location: `/v1/subscriptions/${subscription.id}`,
    });
  })

  .get("/", requireScope("subscriptions:read"), valid("query", pageQuery), async (c) => {
    const { limit = DEFAULT_LIMIT, cursor } = c.req.valid("query");
    return c.json(await paged(c.var.services.subscriptions.list({ limit, cursor })), 200);
  })

  .get("/:id", requireScope("subscriptions:read"), valid("param", subscriptionId), async (c) => {
    const subscription = await c.var.services.subscriptions.get(c.req.valid("param").id);
    if (subscription === null) throw missing();
    return c.json(subscription, 200);
  })

  .patch(
    "/:id",
    requireScope("subscriptions:write"),
    jsonBody(),
    valid("param", subscriptionId),
    valid("json", subscriptionChanges),
    async (c) => {
      const { secret: rotate, ...changes } = c.req.valid("json");
      if (changes.url !== undefined) await checkAddress(c.var.services, changes.url);
      const secret = rotate === undefined ? {} : { secret: createSecret() };
      const updated = await c.var.services.subscriptions.update(c.req.valid("param").id, {
        ...changes,
        ...secret,
      });
      if (updated.kind === "missing") throw missing();
      if (updated.kind === "in-code") throw inCode();
      return c.json({ ...updated.subscription, ...secret }, 200, PRIVATE);
    },
  )

  .delete("/:id", requireScope("subscriptions:write"), valid("param", subscriptionId), async (c) => {
    const outcome = await c.var.services.subscriptions.remove(c.req.valid("param").id);
    if (outcome === "missing") throw missing();
    if (outcome === "in-code") throw inCode();
    return c.body(null, 204);
  })

  .get(
    "/:id/deliveries",
    requireScope("subscriptions:read"),
    valid("param", subscriptionId),
    valid("query", pageQuery),
    async (c) => {
      const { limit = DEFAULT_LIMIT, cursor } = c.req.valid("query");
      const { id } = c.req.valid("param");
      return c.json(await paged(c.var.services.subscriptions.deliveries(id, { limit, cursor })), 200);
    },
  )

  .get(
    "/:id/dead",
    requireScope("subscriptions:read"),
    valid("param", subscriptionId),
    valid("query", pageQuery),
    async (c) => {
      const { limit = DEFAULT_LIMIT, cursor } = c.req.valid("query");
      const { id } = c.req.valid("param");
      return c.json(await paged(c.var.services.subscriptions.dead(id, { limit, cursor })), 200);
    },
  )

  .post(
    "/:id/dead/replay",
    requireScope("subscriptions:write"),
    valid("param", subscriptionId),
    async (c) => {
      const replayed = await c.var.services.subscriptions.replay(c.req.valid("param").id);
      if (replayed === null) throw missing();
      return c.json({ replayed }, 200);
    },
  );

/**
 * Where the name in it cannot be looked up now, it may pass: it is looked up again before each delivery.
 * @throws ProblemError 400 for a URL that no webhook may go to
 */
async function checkAddress({ webhookAddresses }: Services, url: string): Promise<void> {
  const check = await webhookAddresses.check(url);
  if (check.kind === "refused") {
    throw problem("bad-request", { errors: [{ path: "url", message: check.reason }] });
  }
}

/** @throws ProblemError 404 where there is no such subscription, 400 for a cursor that is none */
async function paged<Item>(reading: Promise<Page<Item> | null>): Promise<Page<Item>> {
  try {
    const page = await reading;
    if (page === null) throw missing();
    return page;
  } catch (error) {
    // The limit was checked before.
    if (!(error instanceof RangeError)) throw error;
    throw problem("bad-request", {
      errors: [{ path: "cursor", message: "must be the `next` of another page" }],
    });
  }
}

const missing = () => problem("not-found", { detail: "There is no subscription with this id." });

const inCode = () =>
  problem("conflict", {
    detail: "The subscription is part of the Worker's code, and changes with it alone.",
  });

const tooMany = () => problem("conflict", { detail: "There are 1,000 subscriptions, which is the most." });
