// Every fault, as an answer that gives nothing away and a log line that tells what happened.

import type { Context, ErrorHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { routePath } from "hono/route";
import { InvalidNameError, RedisUnavailableError } from "../../lib/errors.ts";
import { MessageTooLargeError } from "../../lib/lists/index.ts";
import { ProblemError, problemResponse } from "../../lib/hono/index.ts";
import type { AppEnv } from "./environment.ts";
import type { Log } from "../log.ts";
import { problem } from "./problems.ts";

/** What a caller waits before the next try: as long as the breaker stays open. */
const RETRY_AFTER_SECONDS = "1";

/** Answers a fault by its problem. What is not known by its type is a 500 that says nothing, and is logged. */
export function answerFault(log: Log): ErrorHandler<AppEnv> {
  return function answerFaultHandler(error, c) {
    const requestId = c.get("requestId");
    const known = knownProblem(error);
    if (known === undefined) {
      // The route as it is declared, not the path: a path may hold a token.
      log({ level: "error", event: "fault", requestId, method: c.req.method, route: routePath(c), error });
    }
    return answerProblem(c, known ?? problem("internal-error"));
  };
}

/** The answer to a problem, where it cannot be thrown. */
export function answerProblem(c: Context<AppEnv>, { problem: details, headers }: ProblemError): Response {
  return problemResponse({ ...details, instance: c.get("requestId") }, headers);
}

function knownProblem(error: unknown): ProblemError | undefined {
  if (error instanceof ProblemError) return error;
  if (error instanceof RedisUnavailableError) {
    return problem("redis-unavailable", {
      detail: "This cannot be done without Redis, which does not answer. Try again.",
      headers: { "Retry-After": RETRY_AFTER_SECONDS },
    });
  }
  if (error instanceof MessageTooLargeError) {
    return problem("content-too-large", {
      detail: "A message's body has at most 256 KiB, and those of one request 1 MiB together.",
    });
  }
  if (error instanceof InvalidNameError) {
    return problem("bad-request", { errors: [{ path: error.field, message: "is not valid" }] });
  }
  // The validator's own, of a body that does not parse; its message is not ours.
  if (error instanceof HTTPException && error.status === 400) {
    return problem("bad-request", { detail: "The body is not JSON." });
  }
  return undefined;
}
