// The limits before the routes, and what every answer below /v1 says of them.

import type { Context, MiddlewareHandler } from "hono";
import { rateLimit } from "../../lib/hono/index.ts";
import { clientIdentifier, rateLimitHeaders, type Limit } from "../../lib/ratelimit/index.ts";
import type { Caller } from "../keys.ts";
import { identifierOf } from "../policies.ts";
import type { AppEnv } from "./environment.ts";
import { answerProblem } from "./errors.ts";
import { problem } from "./problems.ts";

/** Cloudflare sets it, whatever the caller sends. Other headers are the caller's own. */
const addressOf = (c: Context<AppEnv>): string => clientIdentifier(c.req.header("CF-Connecting-IP"));

const publicLimit = (c: Context<AppEnv>): Limit => ({
  policy: c.var.services.policies.public,
  identifier: addressOf(c),
});

const keyLimit = (c: Context<AppEnv>, { name }: Caller): Limit => ({
  policy: c.var.services.policies.key,
  identifier: name,
});

function limited(limits: (c: Context<AppEnv>) => readonly Limit[]): MiddlewareHandler<AppEnv> {
  return rateLimit<AppEnv>({
    limiter: (c) => c.var.services.limiter,
    limits,
    refuse: (refusal, { problem: told, headers }, c) =>
      answerProblem(
        c,
        refusal === "quota-exceeded"
          ? problem("quota-exceeded", {
              detail: `Try again in ${headers["Retry-After"] ?? "some"} seconds.`,
              headers,
              members: { "violated-policies": told["violated-policies"] },
            })
          : problem("redis-unavailable", {
              detail: "This is limited, and cannot be while Redis does not answer. Try again.",
              headers,
            }),
      ),
  });
}

/**
 * For each route that needs no key: the limit `public`, by the client's address. It stands behind what answers 401 or 403,
 * and before whatever else looks at the request.
 *
 * Cost: as a rule none, for the isolate holds permits; else 4 commands, for a safe method in the route's own first trip.
 */
export const limitPublic = (): MiddlewareHandler<AppEnv> => limited((c) => [publicLimit(c)]);

/** For routes with a key, behind what has found whose it is: the limit `key`. `requireScope` has it. Cost: as `limitPublic`. */
export const limitKey = (): MiddlewareHandler<AppEnv> => limited((c) => [keyLimit(c, c.var.caller)]);

/** What `valid("json", …)` leaves for those behind it. */
interface WithEmail {
  out: { json: { email: string } };
}

/**
 * For routes that a password could be guessed on, behind `valid("json", …)` of a body with an `email` in lower case: the
 * limits `login`, by address, and `login-email`, both or none. Without Redis nobody passes: 503.
 *
 * Cost: 1 trip, 5 commands.
 */
export function limitLogin(): MiddlewareHandler<AppEnv, string, WithEmail> {
  return async function limitLoginMiddleware(c, next) {
    const { policies } = c.var.services;
    const { email } = c.req.valid("json");
    const limits = [{ policy: policies.login, identifier: addressOf(c) }];
    if (email !== "") {
      limits.push({ policy: policies["login-email"], identifier: await identifierOf("login-email", email) });
    }
    return limited(() => limits)(c, next);
  };
}

/**
 * Says on every answer how the caller stands, also where it was decided before a limit was asked: 404 and 405 of a route,
 * 401, 403, OPTIONS. Such a call takes from the limit it would have had (`key` where the key is good, else `public`) and
 * keeps its answer, which comes before a 429.
 *
 * Cost: as `limitPublic`.
 */
export function tellLimits(): MiddlewareHandler<AppEnv> {
  return async function tellLimitsMiddleware(c, next) {
    await next();
    if (c.res.headers.has("RateLimit-Policy")) return;
    const caller: Caller | undefined = c.get("caller");
    const limit = caller === undefined ? publicLimit(c) : keyLimit(c, caller);
    const told = rateLimitHeaders(await c.var.services.limiter.check([limit]));
    for (const name of ["RateLimit-Policy", "RateLimit"]) c.header(name, told[name]);
  };
}
