// /v1/users/{id}/following, /followers, /mutual: who follows whom.

import { Hono, type Context, type MiddlewareHandler } from "hono";
import { NAME } from "../lib/keys.ts";
import type { Follow, UserPage } from "../lib/sets/index.ts";
import { followPath, listPath, listQuery, mutualQuery } from "./follows/schemas.ts";
import type { AppEnv } from "./http/environment.ts";
import { limitPublic } from "./http/limits.ts";
import { ownSite } from "./http/own-site.ts";
import { cursorOf, pageOf } from "./http/page.ts";
import { problem } from "./http/problems.ts";
import { requireUser } from "./http/session.ts";
import { valid } from "./http/validation.ts";

/** Lets a user pass who asks for their own. What is nobody's id is a 400 further on. @throws ProblemError 403 */
function ownId(): MiddlewareHandler<AppEnv> {
  return async function ownIdMiddleware(c, next) {
    const id = c.req.param("id") ?? "";
    if (NAME.test(id) && id !== c.var.signedIn.userId) {
      throw problem("forbidden", { detail: "You can follow for yourself alone." });
    }
    await next();
  };
}

/** Work that needs users, beside the look whether there are such: one trip. @throws ProblemError 404 */
async function ofUsers<T>(c: Context<AppEnv>, ids: readonly string[], work: Promise<T>): Promise<T> {
  const { accounts } = c.var.services;
  const [done, ...profiles] = await Promise.all([work, ...ids.map((id) => accounts.profile(id))]);
  if (profiles.includes(null)) throw unknownUser();
  return done;
}

const unknownUser = () => problem("not-found", { detail: "There is no user with this id." });

const presented = ({ items, total, next }: UserPage<Follow>) => ({
  items: items.map(({ id, since }) => ({ id, since: since.toISOString() })),
  total,
  next: cursorOf(next),
});

// On each route, in the order in which it refuses: 401 (requireUser), 403 (ownSite, ownId), 429 (limitPublic), 400 (valid).
export const follows = new Hono<AppEnv>()
  .put(
    "/:id/following/:other",
    requireUser(),
    ownSite(),
    ownId(),
    limitPublic(),
    valid("param", followPath),
    async (c) => {
      const { id, other } = c.req.valid("param");
      const { accounts, follows: all } = c.var.services;
      if (id === other) {
        throw problem("bad-request", {
          errors: [{ path: "other", message: "must be another user than you" }],
        });
      }
      if ((await accounts.profile(other)) === null) throw unknownUser();
      const outcome = await all.follow(id, other);
      if (outcome === "full") throw problem("conflict", { detail: "You follow as many users as one may." });
      return c.body(null, 204);
    },
  )

  .delete(
    "/:id/following/:other",
    requireUser(),
    ownSite(),
    ownId(),
    limitPublic(),
    valid("param", followPath),
    async (c) => {
      const { id, other } = c.req.valid("param");
      await c.var.services.follows.unfollow(id, other);
      return c.body(null, 204);
    },
  )

  .get("/:id/following", limitPublic(), valid("param", listPath), valid("query", listQuery), async (c) => {
    const { id } = c.req.valid("param");
    const following = c.var.services.follows.following(id, pageOf(c.req.valid("query")));
    return c.json(presented(await ofUsers(c, [id], following)), 200);
  })

  .get("/:id/followers", limitPublic(), valid("param", listPath), valid("query", listQuery), async (c) => {
    const { id } = c.req.valid("param");
    const followers = c.var.services.follows.followers(id, pageOf(c.req.valid("query")));
    return c.json(presented(await ofUsers(c, [id], followers)), 200);
  })

  .get("/:id/mutual", limitPublic(), valid("param", listPath), valid("query", mutualQuery), async (c) => {
    const { id } = c.req.valid("param");
    const { with: other, ...page } = c.req.valid("query");
    const mutual = c.var.services.follows.mutual(id, other, pageOf(page));
    const { items, total, next } = await ofUsers(c, [id, other], mutual);
    return c.json({ items: items.map((user) => ({ id: user })), total, next: cursorOf(next) }, 200);
  });
