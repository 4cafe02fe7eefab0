// Requests that another site makes a browser send.

import type { Context, Env, MiddlewareHandler } from "hono";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/** What a browser says of a request that no other site has made. */
const OWN_SITES = new Set(["same-origin", "none"]);

export interface SameOriginOptions<E extends Env> {
  /** Answers, or throws, for a request that comes from elsewhere: 403. */
  refuse: (c: Context<E>) => Response;
  /** What the page's origin must be. That of the request's URL; name it where a proxy before the Worker changes that. */
  origin?: (c: Context<E>) => string;
}

/**
 * Refuses unsafe methods that come from another origin: with a foreign `Origin` (`null` is one), or a `Sec-Fetch-Site`
 * other than `same-origin` and `none` (OWASP, Cross-Site Request Forgery Prevention Cheat Sheet). A request with
 * neither header passes: no browser of these years has sent it, and only a browser adds a cookie by itself.
 *
 * Place it before whatever trusts a cookie, the sign-in too.
 *
 * Cost: none.
 */
export function sameOrigin<E extends Env>({
  refuse,
  origin = (c) => new URL(c.req.url).origin,
}: SameOriginOptions<E>): MiddlewareHandler<E> {
  return async function sameOriginMiddleware(c, next) {
    if (SAFE_METHODS.has(c.req.method)) return next();
    const site = c.req.header("Sec-Fetch-Site");
    if (site !== undefined && !OWN_SITES.has(site)) return refuse(c);
    const from = c.req.header("Origin");
    if (from !== undefined && from !== origin(c)) return refuse(c);
    return next();
  };
}
