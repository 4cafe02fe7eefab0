// /v1/posts: publishing. /v1/timeline: the posts of a user and of whom they follow.

import { Hono } from "hono";
import { jsonBody } from "./http/body.ts";
import type { AppEnv } from "./http/environment.ts";
import { limitPublic } from "./http/limits.ts";
import { ownSite } from "./http/own-site.ts";
import { cursorOf, pageOf } from "./http/page.ts";
import { requireUser } from "./http/session.ts";
import { valid } from "./http/validation.ts";
import { newPost, presented, timelineQuery } from "./posts/schemas.ts";

/** A timeline is for its user alone. */
const PRIVATE = { "Cache-Control": "no-store" };

export const posts = new Hono<AppEnv>()
  .post("/posts", requireUser(), ownSite(), limitPublic(), jsonBody(), valid("json", newPost), async (c) => {
    const { timelines } = c.var.services;
    const post = await timelines.post(c.var.signedIn.userId, c.req.valid("json").text);
    return c.json(presented(post), 201, PRIVATE);
  })

  .get("/timeline", requireUser(), limitPublic(), valid("query", timelineQuery), async (c) => {
    const { timelines } = c.var.services;
    const page = await timelines.read(c.var.signedIn.userId, pageOf(c.req.valid("query")));
    return c.json({ items: page.items.map(presented), next: cursorOf(page.next) }, 200, PRIVATE);
  });
