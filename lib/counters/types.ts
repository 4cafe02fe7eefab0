// What counters take and answer.

import type { Redis } from "../redis/index.ts";

/** The length of one step of a series. All begin at UTC's. */
export type Bucket = "minute" | "hour" | "day";

export interface CountersOptions {
  redis: Redis;
  /** In front of every key. "sedge". */
  prefix?: string;
  /** The series kept of every counter; an empty list keeps none and saves 2 commands. All three. */
  series?: readonly Bucket[];
  /** Milliseconds since 1970: which bucket an increment falls into. `Date.now`. */
  now?: () => number;
}

export type Increment =
  /** `value` is the counter after it; `repeated`: counted before under this key, and this is what it answered then. */
  | { readonly kind: "counted"; readonly value: number; readonly repeated: boolean }
  /** The counter, or one bucket of its series, would leave ±(2^53−1). Nothing has changed. `repeated` as above. */
  | { readonly kind: "out-of-range"; readonly repeated: boolean }
  /** The idempotency key was used with another `request`. Nothing has changed. */
  | { readonly kind: "other-request" };

export interface SeriesPoint {
  /** When the bucket begins. */
  readonly at: Date;
  /** The sum of its increments; 0 where there were none. */
  readonly value: number;
}

export interface Counters {
  /**
   * Adds to a counter, and to the running minute, hour and day of its series, as one step.
   *
   * @param by a safe integer, negative too. 1
   * @param options.idempotencyKey any text, kept hashed: the same key on the same counter within 24 h counts once, also
   *   where two come at once, an answer was lost, or the counter was deleted meanwhile. Every repeat gets the first answer,
   *   also where that was "out-of-range"
   * @param options.request a fingerprint of the call, without spaces: under one idempotency key it must be the same. `by`
   * @throws RangeError, InvalidNameError; RedisUnavailableError: unless its reason is "breaker-open" it may
   *   have counted, so repeat it only with an idempotency key
   *
   * Cost: 1 trip, 5 commands (4, but for the first of a day); with an idempotency key 2 more, a repeat 2.
   */
  increment(
    name: string,
    by?: number,
    options?: { idempotencyKey?: string | undefined; request?: string | undefined },
  ): Promise<Increment>;

  /** The counter's value, 0 where nobody counted. @throws RedisUnavailableError. Cost: 1 trip, 1 command. */
  get(name: string): Promise<number>;

  /** As `get`, for many, in their order. Cost: 1 trip, 1 command. */
  getMany(names: readonly string[]): Promise<number[]>;

  /**
   * The last buckets, the running one included, oldest first, zeros filled in.
   *
   * Kept are 1,440 minutes (a day), 744 hours (31 days), 366 days.
   *
   * @param last how many. 24
   * @throws RangeError for more than are kept, or a series that is not kept; RedisUnavailableError
   *
   * Cost: 1 trip, 1 command.
   */
  series(name: string, bucket: Bucket, last?: number): Promise<SeriesPoint[]>;

  /**
   * Counts a visitor, once however often they come. The id itself is not kept. (HyperLogLog, Flajolet et al. 2007:
   * 12 KiB at most, standard error 0.81 %.)
   * @returns how many different ones there were
   * Cost: 1 trip, 2 commands.
   */
  visit(name: string, visitor: string): Promise<number>;

  /** How many different visitors there were. Cost: 1 trip, 1 command. */
  visitors(name: string): Promise<number>;

  /**
   * Forgets the counter: value, series and visitors. Not its idempotency keys, which end by themselves: a repeat of what was
   * counted before is not counted anew. Cost: 1 trip, 1 command.
   */
  delete(name: string): Promise<void>;
}
