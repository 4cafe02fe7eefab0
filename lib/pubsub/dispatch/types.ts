// What the dispatcher takes and answers.

import type { Redis } from "../../redis/index.ts";
import type { Subscriber } from "../subscriptions/types.ts";
import type { ChannelEvent } from "../types.ts";

/** To whom a webhook goes. */
export interface Target {
  /** The subscription's id. */
  readonly id: string;
  readonly url: string;
  /** What to sign with, the newest first. */
  readonly secrets: readonly string[];
}

/** What came of an attempt. */
export type Delivery =
  | { readonly kind: "delivered"; readonly status: number | null }
  /** To be tried again. @param error in our words: it is shown */
  | {
      readonly kind: "failed";
      readonly status: number | null;
      readonly error: string;
      readonly retryAfterSeconds?: number | undefined;
    }
  /** The receiver wants no more: the subscription is disabled. */
  | { readonly kind: "gone"; readonly status: number };

/**
 * Delivers to a webhook. What it throws is a failure without a status.
 * @param context.signal aborts when the delivery's time is over
 */
export type Deliver = (
  target: Target,
  event: ChannelEvent,
  context: { readonly attempt: number; readonly signal: AbortSignal },
) => Promise<Delivery>;

/** What somebody who watches wants to know. */
export type DispatchNotice =
  /** Events were trimmed before the subscription got to them. */
  | {
      readonly type: "missed";
      readonly subscription: string;
      readonly family: string;
      readonly events: number;
    }
  /** An event has failed for the last time. */
  | {
      readonly type: "dead";
      readonly subscription: string;
      readonly event: string;
      readonly status: number | null;
    }
  /** The subscription gets nothing more until somebody revives it. */
  | { readonly type: "disabled"; readonly subscription: string; readonly reason: "gone" | "failing" }
  /** A subscriber in code, or `deliver`, has thrown: the attempt has failed. */
  | { readonly type: "threw"; readonly subscription: string; readonly event: string; readonly error: unknown }
  /** Another has taken over: what was delivered since the last commit may be delivered again. */
  | { readonly type: "lease-lost"; readonly subscription: string };

export interface DispatcherOptions {
  redis: Redis;
  /** In front of every key. "sedge". */
  prefix?: string;
  /** Those in code. None. */
  subscribers?: readonly Subscriber[];
  /** How webhooks are delivered. */
  deliver: Deliver;
  /** Requests that one run may make, to Redis and to receivers. 50. */
  subrequests?: number;
  /** Requests that a delivery may make, at most: kept back for it while it is under way. 1. */
  subrequestsPerDelivery?: number;
  /** Requests made so far beside those to Redis and one for each delivery: to look up a receiver's name, say. None. */
  otherSubrequests?: () => number;
  /** No delivery begins after this moment, in milliseconds since 1970. 20 s after the run has begun. */
  untilMs?: number;
  /**
   * For how long a subscription is taken at a time: after so long another takes over from a dispatcher that was killed. The
   * same for all dispatchers of a deployment, and longer than `deliveryTimeoutMs`. 30,000.
   */
  leaseMs?: number;
  /** What a delivery may take. 10,000. */
  deliveryTimeoutMs?: number;
  /** Milliseconds since 1970. `Date.now`. */
  now?: () => number;
  /** From 0 up to 1: spreads retries. `Math.random`. */
  random?: () => number;
  on?: (notice: DispatchNotice) => void;
}

export interface Report {
  /** Deliveries that succeeded. */
  readonly delivered: number;
  /** Attempts that failed. */
  readonly failed: number;
  /** Events that failed for the last time. */
  readonly dead: number;
  /** Events that were trimmed before their subscription got to them. */
  readonly missed: number;
  /** Whether work was left for the next run. */
  readonly more: boolean;
}

export interface Dispatcher {
  /**
   * Delivers what is due, as far as the budget goes. At least once, and in order for each key: however often it runs, beside
   * how many others, and wherever it is killed.
   *
   * @throws RedisUnavailableError, RedisCommandError: what was delivered and not written down yet is delivered again
   *
   * Cost: 1 trip, 2 commands where nothing is due. Else 2 trips to the first delivery, 3 where events with keys are pending: 17 commands,
   * one for each log read, and 5 for each subscription with pending events, 1 more for every 10 that are due. Then 1 trip for each 5 outcomes, or for those of 200 ms,
   * at most: 6 commands for each subscription with outcomes among them, 4 more to give it back, and one for each kind of change
   * besides (3 where an event has failed, 4 where a retry is done with). 9 for all together that nothing is delivered to.
   */
  run(): Promise<Report>;
}
