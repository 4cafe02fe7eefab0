// What subscriptions take and answer.

import type { Redis } from "../../redis/index.ts";
import type { ChannelEvent } from "../types.ts";

/** `disabled`: by the dispatcher, since the receiver is gone or has failed for days. It keeps what waits for it. */
export type SubscriptionStatus = "active" | "paused" | "disabled";

/** A subscriber in code. Its id is its name. */
export interface Subscriber<Data = unknown> {
  readonly name: string;
  /** A channel, or a pattern with Redis's glob characters. */
  readonly pattern: string;
  /** ISO 8601: what was published before this moment is not its. */
  readonly since: string;
  /** Takes an event, at least once. What it throws is a failed delivery, to come again as a webhook's does. */
  readonly handle: (event: ChannelEvent<Data>) => Promise<void> | void;
}

export interface SubscriptionsOptions {
  redis: Redis;
  /** In front of every key. "sedge". */
  prefix?: string;
  /** Those in code: they are listed among the others. None. */
  subscribers?: readonly Subscriber[];
  /** Milliseconds since 1970. `Date.now`. */
  now?: () => number;
}

export interface SubscriptionDefinition {
  readonly id: string;
  readonly pattern: string;
  /** Null for a subscriber in code. */
  readonly url: string | null;
  readonly status: SubscriptionStatus;
  /** ISO 8601; `since` of a subscriber in code. */
  readonly createdAt: string;
}

export interface Subscription extends SubscriptionDefinition {
  /** Events it has not got: those of its families that nobody has looked at for it yet, and those that wait for a retry. */
  readonly lag: number;
  /** Events delivered. */
  readonly delivered: number;
  /** Attempts that failed. */
  readonly failed: number;
  /** Dead letters there are now. */
  readonly dead: number;
  /** Events that were trimmed from the log before it got to them, whether they matched its pattern or not. */
  readonly missed: number;
  /** When a delivery last succeeded; ISO 8601. */
  readonly lastDeliveryAt: string | null;
}

export interface CreateSubscription {
  readonly pattern: string;
  /** Where to deliver. Taken as it is: whether it may be called is for the caller to say. */
  readonly url: string;
  /** What to sign with. */
  readonly secret: string;
  /** What it gets: what is published from now on, all that is kept, or what stands behind an event's id. "new". */
  readonly start?: "new" | "oldest" | (string & {});
}

export type Created =
  | { readonly kind: "created"; readonly subscription: SubscriptionDefinition }
  /** There are 1,000 already. */
  | { readonly kind: "too-many" };

export interface UpdateSubscription {
  /** `active` revives a disabled one, and its days of failures count anew. */
  readonly status?: "active" | "paused";
  readonly url?: string;
  /** Signs from now on. Those there are sign beside it for 24 h. */
  readonly secret?: string;
}

export type Updated =
  | { readonly kind: "updated"; readonly subscription: SubscriptionDefinition }
  | { readonly kind: "missing" }
  /** It is a subscriber in code: changed by a deployment only. */
  | { readonly kind: "in-code" };

/** An attempt to deliver; or, with an `eventId` of null, events that were trimmed before it got to them. */
export interface DeliveryAttempt {
  readonly eventId: string | null;
  /** 1 for the first. 0 where there was none. */
  readonly attempt: number;
  /** The HTTP status, null where there was none. */
  readonly status: number | null;
  /** ISO 8601: when it began. */
  readonly at: string;
  readonly durationMs: number;
  /** Null where it succeeded. */
  readonly error: string | null;
}

export interface DeadLetter {
  readonly event: ChannelEvent;
  readonly attempts: number;
  readonly lastStatus: number | null;
  /** ISO 8601. */
  readonly deadAt: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Goes into `cursor`; null at the end. */
  readonly next: string | null;
}

export interface PageOptions {
  /** `next` of the page before. */
  cursor?: string | undefined;
  /** 1 to 100. 100. */
  limit?: number | undefined;
}

export interface Subscriptions {
  /**
   * Makes a subscription, of which there may be 1,000.
   *
   * @throws InvalidNameError for a pattern that is none, RangeError for a `start` that is no position;
   *   RedisUnavailableError: it may have been made
   *
   * Cost: 2 trips, 8 commands.
   */
  create(options: CreateSubscription): Promise<Created>;

  /**
   * All, those in code first, then the oldest first.
   * @throws RangeError for a limit out of range or a cursor that is none; RedisUnavailableError
   * Cost: 2 trips, 4 commands and one for each listed that ever had a dead letter.
   */
  list(options?: PageOptions): Promise<Page<Subscription>>;

  /**
   * Up to where all living subscriptions, paused ones too, have seen a family: `seen` of the log's `trim`. What waits for a retry is
   * kept apart, and needs the log no more.
   * @throws RedisUnavailableError
   * Cost: 1 trip, 4 commands.
   */
  seen(): Promise<(family: string) => string | undefined>;

  /** One, null where there is none. @throws RedisUnavailableError. Cost: 1 trip, 5 commands. */
  get(id: string): Promise<Subscription | null>;

  /**
   * Changes one. Deliveries that have begun go on; later ones are made as it says now.
   * @throws RedisUnavailableError: it may have been changed
   * Cost: 2 trips, 5 commands; twice that for each change by another that comes between.
   */
  update(id: string, changes: UpdateSubscription): Promise<Updated>;

  /**
   * Forgets a subscription and all that waits for it. Nothing is delivered after a delivery that has begun.
   * @throws RedisUnavailableError: it may be gone
   * Cost: 1 trip, 6 commands.
   */
  remove(id: string): Promise<"removed" | "missing" | "in-code">;

  /**
   * The last 100 attempts, newest first. Null where there is no such subscription.
   * @throws RangeError for a limit out of range or a cursor that is none; RedisUnavailableError
   * Cost: 1 trip, 2 commands.
   */
  deliveries(id: string, options?: PageOptions): Promise<Page<DeliveryAttempt> | null>;

  /**
   * Its dead letters, newest first: 10,000 are kept. Null where there is no such subscription. A page ends early where its
   * events fill 1 MiB.
   * @throws RangeError for a limit out of range or a cursor that is none; RedisUnavailableError
   * Cost: 1 trip, 3 commands and one for every 10 letters.
   */
  dead(id: string, options?: PageOptions): Promise<Page<DeadLetter> | null>;

  /**
   * Gives dead letters back to be delivered, the oldest first, 2,000 or 20 MiB at most in a call. Their attempts count anew; one whose key's events
   * wait for a retry waits with them.
   * @returns how many; null where there is no such subscription
   * @throws RedisUnavailableError: what was given back until then is
   * Cost: for each 100, or each MiB, 1 trip, 7 commands and one for every 10.
   */
  replay(id: string): Promise<number | null>;
}
