// Idempotency-Key on the POSTs that keep it in the same step of Redis as what they do: no trip more, and a call whose answer
// was lost is known too.

import type { Context } from "hono";
import { sha256Hex } from "../../lib/digest.ts";
import { isIdempotencyKey, type ProblemError } from "../../lib/hono/index.ts";
import type { AppEnv } from "./environment.ts";
import { idempotencyProblem } from "./idempotency.ts";

export interface IdempotencyKey {
  /** SHA-256 of the caller, the method, the path and the header. */
  readonly key: string;
  /** SHA-256 of the body: a repeat has the same. */
  readonly request: string;
}

/**
 * The call's key, for handlers behind `requireScope` and `jsonBody`; undefined where it has none. A repeat is answered with
 * `Idempotency-Replayed: true`.
 * @throws ProblemError 400 where the header is not 1 to 255 printable ASCII characters
 */
export async function idempotencyKeyOf(c: Context<AppEnv>): Promise<IdempotencyKey | undefined> {
  const header = c.req.header("Idempotency-Key");
  if (header === undefined) return undefined;
  if (!isIdempotencyKey(header)) throw idempotencyProblem("invalid-key");
  const call = [`key:${c.var.caller.name}`, c.req.method, c.req.path, header];
  const [key, request] = await Promise.all([sha256Hex(JSON.stringify(call)), sha256Hex(await c.req.text())]);
  return { key, request };
}

/** 422: the key was used with another body. */
export const idempotencyKeyReused = (): ProblemError => idempotencyProblem("other-request");
