// Calls of the development Worker by pages of the internet.

import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "./environment.ts";
import { problem } from "./problems.ts";

/** What this machine is called by itself. A browser looks up no name below `localhost`. */
const LOOPBACK = /^((.+\.)?localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Under `npm run dev`, whose key everyone knows: refuses calls under a name that is not this machine's own. A page elsewhere may have
 * its name made to resolve to this machine; to a browser the Worker is of the page's own origin then, and takes its key.
 * @throws ProblemError 403
 */
export function ownMachine(): MiddlewareHandler<AppEnv> {
  return async function ownMachineMiddleware(c, next) {
    if (c.var.services.isDevelopment && !LOOPBACK.test(new URL(c.req.url).hostname)) {
      throw problem("forbidden", {
        detail: "In development this is called as localhost, 127.0.0.1 or [::1] alone.",
      });
    }
    await next();
  };
}
