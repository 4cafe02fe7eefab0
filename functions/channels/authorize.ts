// Who may read events: a key, or a token in the query, for a browser's EventSource can send no header.

import type { MiddlewareHandler } from "hono";
import { requireScope } from "../http/authorize.ts";
import type { AppEnv } from "../http/environment.ts";
import { limitPublic } from "../http/limits.ts";
import { problem } from "../http/problems.ts";

const REALM = 'Bearer realm="sedge"';

/**
 * Lets callers pass whose key has `events:read`, within the limit of keys, or, where no key is sent, whose `?token=` reads
 * the channel or pattern of the path, within the limit of addresses.
 * @throws ProblemError 401 for a token that is over or was never one, 403 for one of another pattern; as `requireScope`;
 *   RedisUnavailableError: without Redis no token is known
 *
 * Cost: as `requireScope`; for a token 1 trip, 1 command, and that of `limitPublic`.
 */
export function requireReader(): MiddlewareHandler<AppEnv> {
  const withKey = requireScope("events:read");
  const limit = limitPublic();
  return async function requireReaderMiddleware(c, next) {
    const token = c.req.query("token");
    if (token === undefined || c.req.header("Authorization") !== undefined) return withKey(c, next);

    const permission = await c.var.services.readTokens.permits(token, c.req.param("channel") ?? "");
    if (permission === "unknown") {
      throw problem("unauthorized", {
        detail: "The token is over, or was never one.",
        headers: { "WWW-Authenticate": `${REALM}, error="invalid_token"` },
      });
    }
    if (permission === "other-pattern") {
      throw problem("forbidden", { detail: "The token is for another channel or pattern." });
    }
    return limit(c, next);
  };
}
