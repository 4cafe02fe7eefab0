// /v1/users: who there is.

import { Hono } from "hono";
import { jsonBody } from "./http/body.ts";
import type { AppEnv } from "./http/environment.ts";
import { limitLogin, limitPublic } from "./http/limits.ts";
import { ownOrAllowedSite } from "./http/own-site.ts";
import { problem } from "./http/problems.ts";
import { valid } from "./http/validation.ts";
import { newUser, userId } from "./users/schemas.ts";

export const users = new Hono<AppEnv>()
  .post(
    "/",
    ownOrAllowedSite(),
    limitPublic(),
    jsonBody(),
    valid("json", newUser),
    limitLogin(),
    async (c) => {
      const { accounts, outbox } = c.var.services;
      const user = await accounts.signUp(c.req.valid("json"));
      if (user === "taken") throw problem("conflict", { detail: "There is a user with this e-mail." });
      outbox.start();
      return c.json(user, 201, { Location: `/v1/users/${user.id}` });
    },
  )

  .get("/:id", limitPublic(), valid("param", userId), async (c) => {
    const user = await c.var.services.accounts.profile(c.req.valid("param").id);
    if (user === null) throw problem("not-found", { detail: "There is no user with this id." });
    return c.json(user, 200);
  });
