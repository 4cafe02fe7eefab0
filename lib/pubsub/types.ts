// What the log takes and answers.

import type { Redis } from "../redis/index.ts";

/** What was published. */
export interface ChannelEvent<Data = unknown> {
  /** `MILLISECONDS-NUMBER`: sorts by time, and over all channels; also a position to read behind. */
  readonly id: string;
  readonly channel: string;
  /** What kind of event it is; null where not given. */
  readonly type: string | null;
  /** What it is about: events of a channel with the same key stay in order. Null where not given. */
  readonly key: string | null;
  readonly data: Data;
  /** When it was published: ISO 8601, UTC. */
  readonly at: string;
}

/** An event and its number in its family: 1, 2, 3 …, without holes. */
export interface LogEntry<Data = unknown> {
  readonly n: number;
  readonly event: ChannelEvent<Data>;
}

export interface EventLogOptions {
  redis: Redis;
  /** In front of every key. "sedge". */
  prefix?: string;
  /**
   * Events kept of each family, give or take 256; the oldest go first, also what nobody has read. Looked at with every
   * 256th. 100,000.
   */
  maxEvents?: number;
  /** Milliseconds since 1970: what `trim` takes for old. Ids are of Redis's own clock. `Date.now`. */
  now?: () => number;
}

export interface PublishOptions {
  /** A name. */
  type?: string | undefined;
  /** A name: later events of this channel with the same key are delivered after this one. */
  key?: string | undefined;
  /** Any text, kept hashed: the same key on the same channel within 24 h publishes once, and repeats get its id. */
  idempotencyKey?: string | undefined;
  /** A fingerprint of the call: under one idempotency key it must be the same. Without spaces. */
  request?: string | undefined;
}

export type Published =
  | {
      readonly kind: "published";
      readonly id: string;
      /** It was published before, under its idempotency key; `id` is that event's. */
      readonly repeated: boolean;
      /** Nobody has started a dispatch for what is published now: the caller is to. */
      readonly start: boolean;
    }
  /** The idempotency key was used with another `request`. Nothing was published. */
  | { readonly kind: "other-request" };

/** Events behind `after` are gone: they were trimmed before they were read. */
export interface Gap {
  /** As it was asked for. */
  readonly after: string;
  /** The first event read behind the gap; null where there is none here yet. Whatever is missing lies between the two. */
  readonly first: string | null;
}

export interface ReadOptions {
  /** Reads behind this id; "0": from the oldest kept, which is never a gap. "0". */
  after?: string | undefined;
  /** Events at most, 1 to 100. 100. */
  limit?: number | undefined;
}

export interface EventPage<Data = unknown> {
  /** Oldest first. May be fewer than `limit`, or none, although there are more. */
  readonly events: readonly ChannelEvent<Data>[];
  /** Where to go on; null when there is no more now. */
  readonly next: string | null;
  /** All up to here was looked at: `next`, or where to go on when there is more. */
  readonly position: string;
  readonly gap: Gap | null;
}

export interface TrimOptions {
  /** What is at most this old stays. 7 days. */
  olderThanMs?: number;
  /**
   * The position up to which all who read a family have seen it: nothing behind it goes. Undefined where nobody reads
   * the family, and what is old enough goes.
   */
  seen: (family: string) => string | undefined;
  /** `next` of the call before, to go on. */
  cursor?: string | undefined;
}

export interface Trimmed {
  /** How many events went. */
  readonly events: number;
  /** Where to go on; null when all families were looked at. */
  readonly next: string | null;
}

export interface EventLog<Data = unknown> {
  /**
   * Appends an event to its channel, in one step with all that has to follow from it. When this resolves, Redis has it.
   *
   * @param channel a name; its first segment (`user` of `user:events`) is its family
   * @param data a JSON value; 256 KiB at most as JSON
   * @throws InvalidNameError, EventTooLargeError, TypeError for data that is no JSON; RedisUnavailableError: unless its
   *   reason is "breaker-open" it may have been published, so repeat it only with an idempotency key
   *
   * Cost: 1 trip, 15 commands at most: 8 as a rule, 2 more with an idempotency key, 5 more for every 256th event of a family.
   */
  publish(channel: string, data: Data, options?: PublishOptions): Promise<Published>;

  /**
   * What was published on the channels of a pattern, oldest first over all of them.
   *
   * @param pattern a channel, or a pattern with Redis's glob characters (`user:*`); `*` crosses `:`
   * @throws InvalidNameError, RangeError for an `after` that is no id or a limit out of range; RedisUnavailableError
   *
   * One call looks at 1,000 entries and reads 1 MiB of data, as a rule; so it may answer a `next` and little else where
   * few of a family's events are of the pattern.
   *
   * Cost: 1 trip, 14 commands at most where the pattern says the family (`user:*`, `user:42`, `news`); else 2 trips and 4
   * commands and two for each family with events behind `after`, 15 at the least.
   */
  read(pattern: string, options?: ReadOptions): Promise<EventPage<Data>>;

  /**
   * The position at the end of the log: behind it stands what is published from now on.
   * @throws RedisUnavailableError
   * Cost: 1 trip, 1 command.
   */
  end(): Promise<string>;

  /**
   * Trims what is old and seen, family by family, at most 100 of them in a call. What is gone is written down, so who
   * has not seen it is told a gap.
   *
   * @throws RedisUnavailableError: what was trimmed until then is
   *
   * Cost: 2 trips, 2 commands and 4 for each family.
   */
  trim(options: TrimOptions): Promise<Trimmed>;
}
