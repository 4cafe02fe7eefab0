// A viewer as one request has it, on a Redis of the test's own, in a time that stands until it is moved.

import { expect, vi } from "vitest";
import { createLive, type LiveItem, type LiveTrouble } from "../../../../lib/pubsub/live/index.ts";
import { createEventLog, type ChannelEvent, type Gap } from "../../../../lib/pubsub/index.ts";
import { createBreaker, createConnection, type Redis, type Subscribe } from "../../../../lib/redis/index.ts";
import type { Target } from "../open.ts";
import { createTime, type Time } from "./time.ts";

export interface ViewerOptions {
  pattern?: string;
  after?: string | undefined;
  subrequests?: number;
  lastsMs?: number;
  onOver?: () => void;
  /** Stands between the viewer and Redis's Pub/Sub. */
  through?: (subscribe: Subscribe) => Subscribe;
  time?: Time;
}

export interface Viewer {
  /** All that was seen so far. */
  readonly items: LiveItem[];
  readonly events: () => ChannelEvent[];
  /** The data of the events. */
  readonly data: () => unknown[];
  readonly gaps: () => Gap[];
  /** The last position or id that was told: where a viewer that comes back goes on. */
  readonly position: () => string;
  readonly troubles: LiveTrouble[];
  readonly time: Time;
  readonly redis: Redis;
  /** Whether its subscription stands. */
  readonly isSubscribed: () => boolean;
  readonly leave: () => void;
  /** Resolves when the stream has ended, rejects where it failed. */
  readonly ended: Promise<void>;
  /** Moves the time on by steps until what is asked for holds. @returns the milliseconds it took */
  readonly until: (holds: () => boolean, stepMs?: number) => Promise<number>;
}

/** Waits until something holds, while time stands. */
export const soon = (holds: () => unknown): Promise<void> =>
  vi.waitFor(() => expect(holds()).toBe(true), { timeout: 5_000, interval: 2 });

/** Opens the stream alone: nobody reads it. */
export async function openStream(target: Target, options: ViewerOptions = {}) {
  const { pattern = "user:*", after, through = (subscribe) => subscribe, time = createTime() } = options;
  const { url, token, prefix } = target;
  const breaker = createBreaker({ failures: Infinity });
  const connection = createConnection({ url, token, timeoutMs: 5_000, breaker });
  const redis = connection.open();
  const troubles: LiveTrouble[] = [];
  const leaving = new AbortController();
  let standing = 0;
  const subscribe = through(connection.subscribe);
  const live = createLive({
    redis,
    log: createEventLog({ redis, prefix }),
    prefix,
    subscribe: async (...args) => {
      const subscription = await subscribe(...args);
      standing += 1;
      return {
        ...subscription,
        next: async () => {
          const payload = await subscription.next();
          if (payload === undefined) standing -= 1;
          return payload;
        },
      };
    },
    on: (trouble) => void troubles.push(trouble),
    now: time.now,
    timer: time.timer,
    ...(options.subrequests !== undefined && { subrequests: options.subrequests }),
    ...(options.lastsMs !== undefined && { lastsMs: options.lastsMs }),
  });
  const stream = await live.open(pattern, {
    after,
    signal: leaving.signal,
    ...(options.onOver !== undefined && { onOver: options.onOver }),
  });
  return { stream, redis, time, troubles, leave: () => leaving.abort(), isSubscribed: () => standing > 0 };
}

export async function openViewer(target: Target, options: ViewerOptions = {}): Promise<Viewer> {
  const { stream, time, ...rest } = await openStream(target, options);
  const items: LiveItem[] = [];
  async function watch(): Promise<void> {
    for await (const item of stream) items.push(item);
  }
  const ended = watch();
  const events = () => items.flatMap((item) => (item.kind === "event" ? [item.event] : []));
  return {
    ...rest,
    items,
    time,
    ended,
    events,
    data: () => events().map(({ data }) => data),
    gaps: () => items.flatMap((item) => (item.kind === "gap" ? [item.gap] : [])),
    position: () =>
      items.reduce((last, item) => {
        if (item.kind === "gap") return last;
        return item.kind === "event" ? item.event.id : item.position;
      }, "none"),
    async until(holds, stepMs = 50) {
      const began = time.now();
      await vi.waitFor(
        () => {
          if (holds()) return;
          // Beside its end it waits for nothing but time: what it asked Redis for has come, however long that took.
          if (time.set() > 1) time.advance(stepMs);
          throw new Error(`it does not come to pass: ${JSON.stringify(items)}`);
        },
        { timeout: 8_000, interval: 2 },
      );
      return time.now() - began;
    },
  };
}
