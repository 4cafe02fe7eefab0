// What idempotency takes and answers.

import type { Redis } from "../redis/index.ts";

export interface IdempotencyOptions {
  redis: Redis;
  /** In front of every key. "sedge". */
  prefix?: string;
  /** How long an answer is kept. 86,400. */
  keepSeconds?: number;
  /**
   * How long a call may run. When it was killed, this is when the next one with its key may run; and one that
   * takes longer may run beside its repeat. 30.
   */
  leaseSeconds?: number;
  /** How long a repeat waits for the answer of a call that still runs. 5,000 ms. */
  waitMs?: number;
  /** Takes work that goes on behind the answer: `(work) => ctx.waitUntil(work)`. Without it, it runs unwatched. */
  waitUntil?: (work: Promise<unknown>) => void;
  /** Milliseconds since 1970. `Date.now`. */
  now?: () => number;
  /** Waits between two looks. `setTimeout`. */
  sleep?: (ms: number) => Promise<void>;
}

/** An HTTP answer as it is kept. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What to do with a call. */
export type Begun =
  /** Run it, then call one of these, once. */
  | {
      readonly kind: "first";
      /**
       * Keeps the answer for the repeats.
       * @returns whether it was kept: not where the call took longer than its lease
       * @throws RedisUnavailableError. Cost: 1 trip, 5 commands.
       */
      finish(answer: KeptAnswer): Promise<boolean>;
      /** Gives the call back: the next one with the same body runs. @throws RedisUnavailableError. Cost: 1 trip, 3 commands. */
      abandon(): Promise<void>;
    }
  /** It has run: answer this. */
  | { readonly kind: "repeat"; readonly answer: KeptAnswer }
  /** The key was used with another request. */
  | { readonly kind: "other-request" }
  /** It has been running all the time that was waited for it. */
  | { readonly kind: "still-running" };

export interface Idempotency {
  /**
   * Begins a call that must have its effect once, however often it comes (draft-ietf-httpapi-idempotency-key-header).
   *
   * @param scope what makes the call this one: the caller, the path, the key they sent. Hashed, so anything may
   *   stand in it
   * @param request what must be the same in a repeat: the body as it was sent. Hashed too
   * @throws RedisUnavailableError
   *
   * Cost: 1 trip, 5 commands; a repeat that has to wait one trip and 3 commands per look, at most 16 of them.
   */
  begin(scope: readonly string[], request: string): Promise<Begun>;
}
