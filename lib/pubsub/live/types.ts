// What live viewers are given and told.

import type { RedisUnavailableError } from "../../errors.ts";
import type { Redis, Subscribe } from "../../redis/index.ts";
import type { ChannelEvent, EventLog, Gap } from "../types.ts";
import type { Timer } from "./bell.ts";

/** What a viewer sees, in this order but for positions, which stand between. */
export type LiveItem<Data = unknown> =
  | { readonly kind: "event"; readonly event: ChannelEvent<Data> }
  /** Events behind `gap.after` were trimmed before they were seen. */
  | { readonly kind: "gap"; readonly gap: Gap }
  /** All up to here was seen: whoever goes on behind it misses nothing. The first item, and then a sign of life. */
  | { readonly kind: "position"; readonly position: string };

/** What a viewer had to bear. It goes on in another way, so this is for a log. */
export type LiveTrouble =
  /** Redis's Pub/Sub is not to be had: events come by looking into the log again and again. */
  | { readonly type: "not-subscribed"; readonly error: unknown }
  /** The log cannot be read. It is tried again, up to `awayMs`. */
  | { readonly type: "away"; readonly error: RedisUnavailableError };

export interface LiveOptions<Data = unknown> {
  /** The client that `log` reads by: what it has sent counts as the invocation's subrequests. */
  redis: Pick<Redis, "meter">;
  log: Pick<EventLog<Data>, "read" | "end">;
  subscribe: Subscribe;
  /** In front of every key, as the log has it. "sedge". */
  prefix?: string;
  /**
   * Requests to Redis after which a stream ends, for its viewer to resume in an invocation of its own: those that `redis` has sent
   * and its subscriptions. 50, what the free plan allows.
   */
  subrequests?: number;
  /** How long a stream lasts at most from its first item on, read or not, for its viewer to resume. 15 min. */
  lastsMs?: number;
  /**
   * How far apart signs of life are. 15 s, as the HTML standard advises. Where a viewer's leaving shows only when something cannot
   * be written, it is known after two of them.
   */
  heartbeatMs?: number;
  /** How long a stream lasts while the log cannot be read. 30 s. */
  awayMs?: number;
  on?: (trouble: LiveTrouble) => void;
  /** Milliseconds since 1970. `Date.now`. */
  now?: () => number;
  /** `setTimeout`. */
  timer?: Timer;
}

export interface LiveStart {
  /** Goes on behind this id; "0": from the oldest kept. From now on where undefined. */
  after?: string | undefined;
  /** Says that the viewer has left: the stream ends, and its subscription with it. */
  signal: AbortSignal;
  /**
   * Is called when the stream has lasted `lastsMs`, also while nobody asks for an item: a generator nobody asks cannot say itself
   * that it is over. Its subscription is left by then.
   */
  onOver?: () => void;
}

export interface Live<Data = unknown> {
  /**
   * The events of a pattern's channels, as they are published, from a position on: all of them, in the order of their ids, each
   * once. A viewer who comes back with the last id, or position, it has seen gets what follows.
   *
   * Redis's own Pub/Sub brings the events, and the log decides: each message says what it follows, so that one that was
   * lost is seen at the next one, and read. Where nothing comes for a minute the log is looked at all the same, so a lost
   * message with none behind it comes that late. Without Pub/Sub (it does not answer, or ends) the log is looked at again and
   * again, from 250 ms to 2 s apart, and a subscription is tried every 30 s.
   *
   * An item is made when it is asked for: for a viewer that reads slowly nothing is kept but the page of events it is at,
   * and when Redis gives its subscription up, it goes on from the log.
   *
   * @param pattern a channel, or a pattern with Redis's glob characters. One that may have channels in several families
   *   (`*`, `us*`) hears of every event there is, and lets pass its own
   * @throws InvalidNameError, RangeError for an `after` that is none; RedisUnavailableError. Once it runs: when it has to end
   *   it ends without an error, also where Redis was away for 30 s
   *
   * Cost: 1 trip to begin; then the subscription and a look at the log, and no request for an event. A look with every minute
   * in which nothing was published.
   */
  open(pattern: string, start: LiveStart): Promise<AsyncGenerator<LiveItem<Data>, void>>;
}
