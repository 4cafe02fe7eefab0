// Delivering what was published, as far as one invocation of the Worker may go.

import { createDispatcher, type Deliver, type DispatchNotice, type Subscriber } from "../lib/pubsub/index.ts";
import type { Redis } from "../lib/redis/index.ts";

export interface Dispatch {
  /** Behind an answer. What goes wrong is told to `on`; the next scheduled run finds what is left. */
  start(): void;
  /**
   * In the scheduled function.
   * @throws RedisUnavailableError: the next run finds what is left
   * Cost: 1 trip, 2 commands where there is nothing to do; see `Dispatcher.run`.
   */
  run(): Promise<void>;
}

export interface DispatchOptions {
  redis: Redis;
  prefix: string;
  subscribers: readonly Subscriber[];
  deliver: Deliver;
  /** How many the platform allows this invocation, those it has made included. */
  subrequests: number;
  /** Those made so far beside what goes to Redis and to receivers: names looked up. */
  otherSubrequests: () => number;
  /** Takes work that goes on behind the answer. */
  waitUntil: (work: Promise<unknown>) => void;
  on: (notice: DispatchNotice | { readonly type: "failed"; readonly error: unknown }) => void;
  /** Milliseconds since 1970. `Date.now`. */
  now?: () => number;
}

/** For how long deliveries begin. A Worker lives for 30 s behind an answer, and a delivery takes 10 s at most. */
const BEHIND_ANSWER_MS = 15_000;
/** So that a run has ended when the next one begins, a minute later. */
const SCHEDULED_MS = 48_000;
/** Subrequests left for what else goes on behind an answer: a session's renewal, permits of limits given back. */
const RESERVE = 5;
/** A webhook's own, and two to look its name up where that was not done lately. */
const SUBREQUESTS_PER_DELIVERY = 3;

export function createDispatch(options: DispatchOptions): Dispatch {
  const { redis, subrequests, otherSubrequests, waitUntil, on, now = Date.now } = options;

  async function dispatch(forMs: number): Promise<void> {
    const left = subrequests - redis.meter.requests - otherSubrequests() - RESERVE;
    await createDispatcher({
      ...options,
      subrequests: left,
      subrequestsPerDelivery: SUBREQUESTS_PER_DELIVERY,
      untilMs: now() + forMs,
    }).run();
  }

  async function behindAnswer(): Promise<void> {
    try {
      await dispatch(BEHIND_ANSWER_MS);
    } catch (error) {
      on({ type: "failed", error });
    }
  }

  return {
    start: () => waitUntil(behindAnswer()),
    run: () => dispatch(SCHEDULED_MS),
  };
}
