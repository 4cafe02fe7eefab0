// /v1/session: who is signed in. /v1/sessions: signing in, and all of a user's sessions.

import { Hono, type Context } from "hono";
import type { DataFault } from "../lib/sessions/index.ts";
import { jsonBody } from "./http/body.ts";
import type { AppEnv } from "./http/environment.ts";
import { limitLogin, limitPublic } from "./http/limits.ts";
import { ownSite } from "./http/own-site.ts";
import { problem } from "./http/problems.ts";
import { notSignedIn, requireUser, wrongCredentials } from "./http/session.ts";
import { valid } from "./http/validation.ts";
import { credentials, presented, sessionChanges, sessionId, summarized, which } from "./sessions/schemas.ts";

/** What a session says is for its user alone. */
const PRIVATE = { "Cache-Control": "no-store" };

/** The token of a caller whom `requireUser` let pass. */
const tokenOf = (c: Context<AppEnv>): string => c.var.session.token ?? "";

// On each route, in the order in which it refuses: 401 (requireUser), 403 (ownSite), 429 (limitPublic), 413 and 415
// (jsonBody), 400 (valid), 429 again (limitLogin, which needs the e-mail).
export const sessions = new Hono<AppEnv>()
  .post(
    "/sessions",
    ownSite(),
    limitPublic(),
    jsonBody(),
    valid("json", credentials),
    limitLogin(),
    async (c) => {
      const { email, password } = c.req.valid("json");
      const { accounts, sessions: all, sessionCookie } = c.var.services;
      const user = await accounts.authenticate(email, password);
      if (user === null) throw wrongCredentials();

      const ip = c.req.header("CF-Connecting-IP");
      const userAgent = c.req.header("User-Agent");
      const { token, session } = await all.create({
        userId: user.id,
        claims: { name: user.name },
        ...(ip !== undefined && { ip }),
        ...(userAgent !== undefined && { userAgent }),
        replaces: c.var.session.token,
      });
      sessionCookie.set(c, token, session.expiresAt);
      return c.json(presented(session), 201, { ...PRIVATE, Location: "/v1/session" });
    },
  )

  .get("/session", requireUser(), limitPublic(), (c) => c.json(presented(c.var.signedIn), 200, PRIVATE))

  .patch(
    "/session",
    requireUser(),
    ownSite(),
    limitPublic(),
    jsonBody(),
    valid("json", sessionChanges),
    async (c) => {
      const updated = await c.var.services.sessions.update(tokenOf(c), c.req.valid("json").data);
      if (updated.kind === "gone") throw notSignedIn();
      if (updated.kind === "refused") throw refused(updated.because);
      return c.json(presented(updated.session), 200, PRIVATE);
    },
  )

  .post("/session/rotation", requireUser(), ownSite(), limitPublic(), async (c) => {
    const rotated = await c.var.services.sessions.rotate(tokenOf(c));
    if (rotated === null) throw notSignedIn();
    c.var.services.sessionCookie.set(c, rotated.token, rotated.session.expiresAt);
    return c.json(presented(rotated.session), 200, PRIVATE);
  })

  .delete("/session", requireUser(), ownSite(), limitPublic(), async (c) => {
    // Where it ended in this moment otherwise, what was asked for has come to pass too.
    await c.var.services.sessions.end(tokenOf(c));
    c.var.services.sessionCookie.clear(c);
    return c.body(null, 204);
  })

  .get("/sessions", requireUser(), limitPublic(), async (c) => {
    const { userId, id } = c.var.signedIn;
    const items = await c.var.services.sessions.list(userId, id);
    return c.json({ items: items.map(summarized) }, 200, PRIVATE);
  })

  .delete("/sessions", requireUser(), ownSite(), limitPublic(), valid("query", which), async (c) => {
    const { userId, id } = c.var.signedIn;
    const onlyOthers = c.req.valid("query").others !== undefined;
    await c.var.services.sessions.revokeAll(userId, onlyOthers ? { except: id } : {});
    if (!onlyOthers) c.var.services.sessionCookie.clear(c);
    return c.body(null, 204);
  })

  .delete("/sessions/:id", requireUser(), ownSite(), limitPublic(), valid("param", sessionId), async (c) => {
    const { id } = c.req.valid("param");
    const { signedIn } = c.var;
    const ended = await c.var.services.sessions.revoke(signedIn.userId, id);
    if (!ended) throw problem("not-found", { detail: "You have no session with this id." });
    if (id === signedIn.id) c.var.services.sessionCookie.clear(c);
    return c.body(null, 204);
  });

/** Why data was not kept. 413 too where it is not this body that is too large, but all data together. */
function refused(because: DataFault) {
  if (because === "too-large") {
    return problem("content-too-large", { detail: "A session's data has at most 128 fields and 32 KiB." });
  }
  const message =
    because === "field-name"
      ? "has a field whose name is not 1 to 128 characters"
      : "has a field that cannot be kept: nested too deep, or with a key that is not allowed";
  return problem("bad-request", { errors: [{ path: "data", message }] });
}
