// What is answered where no handler is: OPTIONS, 405, 404.

import type { Context, Hono } from "hono";
import type { AppEnv } from "./environment.ts";
import { answerProblem } from "./errors.ts";
import { problem } from "./problems.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** The handler for what no route answers. HEAD is answered by GET's route. */
export function unrouted(app: Hono<AppEnv>) {
  /** The methods a path has; routes for every method are middleware, and answer nothing. */
  const methodsOf = (path: string): string[] =>
    METHODS.filter((method) =>
      app.router.match(method, path)[0].some(([[, route]]) => route.method === method),
    );

  return function unroutedHandler(c: Context<AppEnv>): Response {
    const methods = methodsOf(c.req.path);
    // Answered, not thrown: Hono passes the middleware by whose `next` a not-found handler throws through.
    if (methods.length === 0) {
      return answerProblem(c, problem("not-found", { detail: "There is no such route." }));
    }
    const allow = [...methods.flatMap((m) => (m === "GET" ? [m, "HEAD"] : [m])), "OPTIONS"].join(", ");
    if (c.req.method === "OPTIONS") return c.body(null, 204, { Allow: allow });
    return answerProblem(
      c,
      problem("method-not-allowed", { detail: `Allowed here: ${allow}.`, headers: { Allow: allow } }),
    );
  };
}
