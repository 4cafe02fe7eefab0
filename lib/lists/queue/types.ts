// What queues take and answer.

import type { Redis } from "../../redis/index.ts";

export interface QueuesOptions {
  redis: Redis;
  /** In front of every key. "sedge". */
  prefix?: string;
  /** For tests: what decides who sees a message, milliseconds since 1970. Redis's own clock. */
  redisNow?: () => number;
  /** By which a wait ends, milliseconds since 1970. `Date.now`. */
  now?: () => number;
  /** Waits between two looks. `setTimeout`. */
  sleep?: (ms: number) => Promise<void>;
}

export interface NewMessage {
  /** Any JSON value, 256 KiB at most as JSON. */
  readonly body: unknown;
  /** How long nobody sees it, 0 to 604,800 (7 days). 0. */
  readonly delaySeconds?: number | undefined;
  /** Any text of 1 to 128 characters: one that was sent to this queue within 300 s sends nothing. */
  readonly dedupId?: string | undefined;
}

export type Sent =
  /** `repeated`: sent before under this idempotency key, and these are the ids of then. */
  | { readonly kind: "sent"; readonly ids: readonly string[]; readonly repeated: boolean }
  /** The idempotency key was used with another `request`. Nothing was sent. */
  | { readonly kind: "other-request" };

export interface ReceiveOptions {
  /** Messages at most, 1 to 100. 1. */
  max?: number | undefined;
  /** How long nobody else sees them, 1 to 43,200 (12 hours). 30. */
  visibilitySeconds?: number | undefined;
  /** How long to wait where there is none, 0 to 20. 0. */
  waitSeconds?: number | undefined;
  /** Who waits has left: nothing is taken for them any more. */
  signal?: AbortSignal | undefined;
}

export interface ReceivedMessage {
  readonly id: string;
  /** What acks and extends it, until it is received again. */
  readonly receipt: string;
  readonly body: unknown;
  /** How often it was received, this time included; from 1 again after a redrive. */
  readonly attempts: number;
  readonly enqueuedAt: Date;
}

/** A receipt that is not the one of its message any more. */
export type NotHeld =
  /** The message was received again, or redriven: another receipt is good. Nothing has changed. */
  | { readonly kind: "stale" }
  /** There is no such message: it was acked or purged. Or this receipt was never given. */
  | { readonly kind: "unknown" };

export interface QueueMetrics {
  /** What the next receives would get. */
  readonly ready: number;
  /** Received, and not visible again yet. */
  readonly inFlight: number;
  /** Sent with a delay that is not over. */
  readonly delayed: number;
  readonly dead: number;
  /** Whole seconds since the oldest message was sent that is neither acked nor dead; 0 where there is none. */
  readonly oldestAgeSeconds: number;
}

export interface DeadMessage {
  readonly id: string;
  readonly body: unknown;
  readonly attempts: number;
  readonly enqueuedAt: Date;
  /** When its last visibility ran out. */
  readonly deadAt: Date;
}

export interface Queues {
  /**
   * Sends messages, all or none of them, in this order.
   *
   * @param messages 1 to 100, whose bodies have 1 MiB at most together
   * @param options.idempotencyKey any text, kept hashed: the same key within 24 h sends once, also where two come at
   *   once or an answer was lost
   * @param options.request a fingerprint of the call, without spaces: under one idempotency key it must be the same
   * @returns the ids in their order; for a `dedupId` that was sent before, the id of then, also where that message is acked
   * @throws InvalidNameError, RangeError, MessageTooLargeError, TypeError for a body that is no JSON; RedisUnavailableError:
   *   unless its reason is "breaker-open" they may have been sent, so repeat it only with an idempotency key or dedupIds
   *
   * Cost: 1 trip, 5 commands for any number of messages; with dedupIds 5 more, with an idempotency key 2 more.
   */
  send(
    queue: string,
    messages: readonly NewMessage[],
    options?: { idempotencyKey?: string | undefined; request?: string | undefined },
  ): Promise<Sent>;

  /**
   * Takes messages that are visible, in the order in which they were sent, and hides them from others until they are acked
   * or their visibility ends. Bodies of 1 MiB at most together, so there may be fewer than `max` although there are more.
   * Of more than 500 delays, or visibilities, that ended since the last receive, it takes account of the 500 that ended first.
   *
   * @returns none where there are none, after the wait, and where `signal` is aborted before they were taken
   * @throws InvalidNameError, RangeError; RedisUnavailableError: unless its reason is "breaker-open" messages may have
   *   been taken, which are visible again when their visibility ends
   *
   * Cost: 1 trip, 9 commands, 5 where there is none. A wait looks again after 0.1, 0.2, 0.4 and 0.8 s, then each second: up to
   * 24 looks in 20 s, 24 trips and 124 commands.
   */
  receive(queue: string, options?: ReceiveOptions): Promise<ReceivedMessage[]>;

  /**
   * Deletes a message that was handled. A receipt is good until its message is received again or redriven, also when its
   * visibility has ended or the message is dead by then.
   * @throws InvalidNameError; RedisUnavailableError: unless its reason is "breaker-open" it may be deleted; a repeat finds
   *   it "unknown" then
   *
   * Cost: 1 trip, 4 commands.
   */
  ack(queue: string, receipt: string): Promise<{ readonly kind: "acked" } | NotHeld>;

  /**
   * Sets when a message is visible again, counted from now. The receipt stays the same.
   * @param visibilitySeconds 0 to 43,200; 0 gives the message back at once, which makes it dead on its last attempt
   * @throws InvalidNameError, RangeError, RedisUnavailableError
   *
   * Cost: 1 trip, 4 commands.
   */
  extend(
    queue: string,
    receipt: string,
    visibilitySeconds: number,
  ): Promise<{ readonly kind: "extended"; readonly visibleAt: Date } | NotHeld>;

  /**
   * How many messages there are, and how old the oldest is, at the moment of asking.
   *
   * Cost: 1 trip, 11 commands; where many died since the last look, a trip and 11 commands for each 100 of them.
   */
  metrics(queue: string): Promise<QueueMetrics>;

  /**
   * @param settings.maxAttempts how often a message is received at most, 1 to 100: once the visibility of the last time
   *   ends, it is dead. 5 where it was never set. Counts from each message's next receive on
   * @throws InvalidNameError, RangeError, RedisUnavailableError. Cost: 1 trip, 1 command.
   */
  configure(queue: string, settings: { maxAttempts: number }): Promise<void>;

  /**
   * The dead messages, in the order in which they died. Bodies of 1 MiB at most together.
   *
   * @param options.limit 1 to 100. 100
   * @param options.cursor `next` of the page before
   * @returns `next` is null at the end
   * @throws InvalidNameError, RangeError for a limit or a cursor that is none, RedisUnavailableError
   *
   * Cost: 1 trip, 5 commands; one more for each 200 messages that died in the same millisecond.
   */
  dead(
    queue: string,
    options?: { limit?: number; cursor?: string | undefined },
  ): Promise<{ readonly items: readonly DeadMessage[]; readonly next: string | null }>;

  /**
   * Makes all messages ready that were dead when it was called. Their attempts start anew; their receipts are stale.
   * @returns how many there were
   * @throws RedisUnavailableError: some may be moved; a repeat moves the rest. Cost: 1 trip, 7 commands up to 500
   *   messages; then a trip for each 5,000, 7 commands for each 500.
   */
  redrive(queue: string): Promise<number>;

  /**
   * Deletes all messages that were dead when it was called.
   * @returns how many there were
   * @throws as `redrive`. Cost: as `redrive`, 6 commands in the place of 7.
   */
  purge(queue: string): Promise<number>;
}
