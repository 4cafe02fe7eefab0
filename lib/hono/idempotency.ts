// The Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header).

import type { Context, Env, MiddlewareHandler } from "hono";
import type { Idempotency, KeptAnswer } from "../idempotency/index.ts";

/** Headers of an answer that a repeat has too. All others are the repeat's own. */
const KEPT_HEADERS = ["content-type", "location"];

/** 1 to 255 printable ASCII characters. */
const KEY = /^[\x20-\x7e]{1,255}$/;

/** Whether a header's text can be a key. */
export const isIdempotencyKey = (text: string): boolean => KEY.test(text);

export type IdempotencyRefusal =
  /** 400: not 1 to 255 printable ASCII characters. */
  | "invalid-key"
  /** 422: the key was used with another body. */
  | "other-request"
  /** 409: the first call has not ended while this one waited for it. */
  | "still-running";

export interface IdempotencyMiddlewareOptions<E extends Env> {
  /** The request's, from `createIdempotency`. */
  idempotency: (c: Context<E>) => Idempotency;
  /** Who calls: keys of different callers are different keys. */
  caller: (c: Context<E>) => string;
  /** Answers, or throws, for a call that may not run. */
  refuse: (refusal: IdempotencyRefusal, c: Context<E>) => Response;
  /** Hears that an answer was given and could not be kept: a repeat after the lease would run the call again. */
  onNotKept?: (error: unknown, c: Context<E>) => void;
}

/**
 * Honours `Idempotency-Key` on the routes it stands before; calls without the header pass. A repeat, by the same
 * caller, on the same path, with the same body, answers what the first answered, with `Idempotency-Replayed: true`.
 * A 503 is not kept: it may be tried again. Any other answer is, a 500 too, for it is not known what came before it.
 *
 * Place it behind what checks the caller and the body, so that a refused request uses no key. Not for answers that
 * stream, nor for such that must not lie in Redis as they are.
 *
 * @throws RedisUnavailableError: without Redis a call with a key does not run
 *
 * Cost: with the header 2 trips, 10 commands; a repeat 1 trip, 2 commands.
 */
export function idempotency<E extends Env>({
  idempotency: idempotencyOf,
  caller,
  refuse,
  onNotKept = () => undefined,
}: IdempotencyMiddlewareOptions<E>): MiddlewareHandler<E> {
  return async function idempotencyMiddleware(c, next) {
    const key = c.req.header("Idempotency-Key");
    if (key === undefined) return next();
    if (!isIdempotencyKey(key)) return refuse("invalid-key", c);

    const scope = [caller(c), c.req.method, c.req.path, key];
    const begun = await idempotencyOf(c).begin(scope, await c.req.text());
    if (begun.kind === "repeat") return replay(begun.answer);
    if (begun.kind !== "first") return refuse(begun.kind, c);

    await next();
    try {
      if (c.res.status === 503) await begun.abandon();
      else if (!(await begun.finish(await keep(c.res)))) onNotKept(undefined, c);
    } catch (error) {
      // It has had its effect: an error now would have the caller try again what is done.
      onNotKept(error, c);
    }
  };
}

async function keep(answer: Response): Promise<KeptAnswer> {
  const headers: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = answer.headers.get(name);
    if (value !== null) headers[name] = value;
  }
  return { status: answer.status, headers, body: await answer.clone().text() };
}

function replay({ status, headers, body }: KeptAnswer): Response {
  // A 204 may not have a body, not even an empty one.
  return new Response(body === "" ? null : body, {
    status,
    headers: { ...headers, "Idempotency-Replayed": "true" },
  });
}
