// Calls that a page elsewhere makes a browser send.

import type { MiddlewareHandler } from "hono";
import { sameOrigin } from "../../lib/hono/index.ts";
import type { AppEnv } from "./environment.ts";
import { problem } from "./problems.ts";

/**
 * For routes that take or give the session's cookie: lets calls pass that come from no other page than our own.
 * @throws ProblemError 403 for an unsafe method with a foreign `Origin` or `Sec-Fetch-Site`
 */
export function ownSite(): MiddlewareHandler<AppEnv> {
  return sameOrigin<AppEnv>({
    refuse: () => {
      throw problem("forbidden", { detail: "This cannot be called by a page of another origin." });
    },
  });
}

/** As `ownSite`, and lets pages of CORS_ORIGINS pass: for public calls without a cookie. */
export function ownOrAllowedSite(): MiddlewareHandler<AppEnv> {
  const own = ownSite();
  return async function ownOrAllowedSiteMiddleware(c, next) {
    const allowed = c.var.services.origins.has(c.req.header("Origin") ?? "");
    return allowed ? next() : own(c, next);
  };
}
