// Routes for callers who are signed in.

import type { MiddlewareHandler } from "hono";
import { loadSession, requireSession } from "../../lib/hono/index.ts";
import type { AppEnv } from "./environment.ts";
import { problem } from "./problems.ts";
import type { ProblemError } from "../../lib/hono/index.ts";

/** Browsers do not ask for a password at a scheme they do not know, and RFC 9110 wants one in a 401. */
const CHALLENGE = { "WWW-Authenticate": 'Cookie realm="sedge"' };

/** Makes the request's session known to the routes behind, without reading it: only who asks for it pays. */
export function openSession(): MiddlewareHandler<AppEnv> {
  return async function openSessionMiddleware(c, next) {
    const { sessions, sessionCookie: cookie } = c.var.services;
    return loadSession<AppEnv>({ sessions: () => sessions, cookie, eager: false })(c, next);
  };
}

/**
 * Lets callers pass who are signed in; who they are is in `c.var.signedIn`. `ownSite` stands behind it.
 * @throws ProblemError 401; RedisUnavailableError: without Redis nobody is known
 *
 * Cost: 1 trip, 1 command; without a cookie none.
 */
export function requireUser(): MiddlewareHandler<AppEnv> {
  return requireSession<AppEnv>({
    refuse: () => {
      throw notSignedIn();
    },
  });
}

/**
 * The cookie is left as it is: a rotation or a sign-in that runs beside this call may just have put a good one in its
 * place.
 */
export const notSignedIn = (): ProblemError =>
  problem("unauthorized", { detail: "Sign in: there is no session, or none any more.", headers: CHALLENGE });

/** The same for an unknown e-mail and for a wrong password. */
export const wrongCredentials = (): ProblemError =>
  problem("unauthorized", { detail: "The e-mail or the password is wrong.", headers: CHALLENGE });
