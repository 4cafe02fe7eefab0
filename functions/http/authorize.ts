// Routes for callers with a key.

import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "./environment.ts";
import { allows } from "../keys.ts";
import { ConfigurationError } from "../log.ts";
import { limitKey } from "./limits.ts";
import { problem } from "./problems.ts";

const REALM = 'Bearer realm="sedge"';

/**
 * Lets callers pass whose key has a scope, within the limit of keys: 429.
 * @throws ProblemError 401 without a key or with a wrong one, 403 with one that has too little
 *
 * Cost: that of `limitKey`.
 */
export function requireScope(scope: string): MiddlewareHandler<AppEnv> {
  const limit = limitKey();
  return async function requireScopeMiddleware(c, next) {
    const key = /^Bearer +(\S+) *$/i.exec(c.req.header("Authorization") ?? "")?.[1];
    if (key === undefined) {
      throw problem("unauthorized", {
        detail: "Send the key as `Authorization: Bearer KEY`.",
        headers: { "WWW-Authenticate": REALM },
      });
    }

    const { keys } = c.var.services;
    // Without readable keys nobody has one; that this is our fault and not theirs must be said.
    if (keys.problem !== null) throw new ConfigurationError(keys.problem);
    const caller = await keys.find(key);
    if (caller === undefined) {
      throw problem("unauthorized", {
        detail: "The key is not known.",
        headers: { "WWW-Authenticate": `${REALM}, error="invalid_token"` },
      });
    }
    c.set("caller", caller);
    if (!allows(caller, scope)) {
      throw problem("forbidden", {
        detail: `The key needs the scope ${scope}.`,
        headers: { "WWW-Authenticate": `${REALM}, error="insufficient_scope", scope="${scope}"` },
      });
    }
    return limit(c, next);
  };
}
