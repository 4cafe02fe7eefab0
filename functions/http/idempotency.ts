// Idempotency-Key on the POSTs that honour it.

import type { MiddlewareHandler } from "hono";
import { idempotency, type IdempotencyRefusal, type ProblemError } from "../../lib/hono/index.ts";
import type { AppEnv } from "./environment.ts";
import { problem, type Occurrence, type ProblemSlug } from "./problems.ts";

const REFUSALS: Record<IdempotencyRefusal, [ProblemSlug, Occurrence]> = {
  "invalid-key": [
    "bad-request",
    { errors: [{ path: "Idempotency-Key", message: "must be 1 to 255 printable ASCII characters" }] },
  ],
  "other-request": [
    "idempotency-key-reused",
    { detail: "Send another request with a new key, or the same body with this one." },
  ],
  "still-running": [
    "conflict",
    { detail: "The first request with this key still runs. Try again.", headers: { "Retry-After": "5" } },
  ],
};

/** The problem that a refusal is answered as. */
export const idempotencyProblem = (refusal: IdempotencyRefusal): ProblemError =>
  problem(...REFUSALS[refusal]);

/** For routes behind `requireScope`: a key is the caller's own. */
export function honourIdempotencyKey(): MiddlewareHandler<AppEnv> {
  return idempotency<AppEnv>({
    idempotency: (c) => c.var.services.idempotency,
    caller: (c) => `key:${c.var.caller.name}`,
    refuse: (refusal) => {
      throw idempotencyProblem(refusal);
    },
    onNotKept: (error, c) => {
      c.var.services.log({
        level: "error",
        event: "idempotency-not-kept",
        requestId: c.var.requestId,
        error,
      });
    },
  });
}
