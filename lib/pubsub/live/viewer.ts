// One viewer's stream: messages while they follow one another, the log wherever they do not.

import { RedisUnavailableError } from "../../errors.ts";
import { messageOf } from "../events.ts";
import { scopeOf } from "../families.ts";
import { createMatcher } from "../glob.ts";
import { compareIds } from "../ids.ts";
import type { PubSubKeys } from "../keys.ts";
import type { EventPage } from "../types.ts";
import { createBell } from "./bell.ts";
import { createListener } from "./listener.ts";
import type { LiveItem, LiveOptions } from "./types.ts";

/** Looks at the log while no subscription stands: the first soon, then farther and farther apart while nothing comes. */
const FIRST_LOOK_MS = 250;
const LOOKS_AT_MOST_APART_MS = 2_000;
/** With a subscription: how long nothing may come until the log is looked at all the same. */
const QUIET_MS = 60_000;
/** Subscriptions begin this far apart. */
const SUBSCRIBE_APART_MS = 30_000;

export type Viewer<Data> = Required<Omit<LiveOptions<Data>, "prefix">> & {
  readonly keys: PubSubKeys;
  readonly pattern: string;
  readonly signal: AbortSignal;
  readonly onOver: () => void;
  /** Where it begins, and what it begins with. */
  readonly start: string;
  readonly first: EventPage<Data>;
};

const later = (a: string, b: string): string => (compareIds(a, b) < 0 ? b : a);

export async function* view<Data>(viewer: Viewer<Data>): AsyncGenerator<LiveItem<Data>, void> {
  const { redis, log, subscribe, subrequests, lastsMs, heartbeatMs, awayMs, on, now, timer } = viewer;
  const { keys, pattern, signal, onOver, start, first } = viewer;
  const scope = scopeOf(pattern);
  const matches = createMatcher(pattern);

  const over = new AbortController();
  const bell = createBell(timer);
  const leave = (): void => {
    over.abort();
    bell.ring();
  };
  const listener = createListener({
    subscribe: () =>
      scope.kind === "family"
        ? subscribe("subscribe", keys.live(scope.family), { signal: over.signal })
        : subscribe("psubscribe", keys.live("*"), { signal: over.signal }),
    ring: bell.ring,
    onFailed: (error) => {
      if (!over.signal.aborted) on({ type: "not-subscribed", error });
    },
    now,
    apartMs: SUBSCRIBE_APART_MS,
  });

  const endAt = now() + lastsMs;
  /** All up to here was seen. */
  let position = start;
  /** The newest event that was heard of and does not follow what was seen. */
  let heard = start;
  let apart = FIRST_LOOK_MS;
  let lookAt = first.next === null ? now() + apart : now();
  let awaySince: number | undefined;

  const goesOn = (): boolean =>
    !over.signal.aborted &&
    now() < endAt &&
    redis.meter.requests + listener.tries < subrequests &&
    (awaySince === undefined || now() - awaySince < awayMs);

  function* tell(page: EventPage<Data>): Generator<LiveItem<Data>, void> {
    if (page.gap !== null) yield { kind: "gap", gap: page.gap };
    for (const event of page.events) {
      position = event.id;
      yield { kind: "event", event };
    }
    position = later(position, page.position);
  }

  /** Reads the log to its end, and says when it is to be looked at next. */
  async function* look(): AsyncGenerator<LiveItem<Data>, void> {
    const from = position;
    try {
      let page: EventPage<Data>;
      do {
        page = await log.read(pattern, { after: position });
        awaySince = undefined;
        yield* tell(page);
      } while (page.next !== null && goesOn());
    } catch (error) {
      if (!(error instanceof RedisUnavailableError)) throw error;
      awaySince ??= now();
      on({ type: "away", error });
    }
    const isWhole = awaySince === undefined && compareIds(position, heard) >= 0;
    if (position !== from) apart = FIRST_LOOK_MS;
    if (listener.stands && isWhole) {
      lookAt = now() + QUIET_MS;
      apart = FIRST_LOOK_MS;
    } else {
      lookAt = now() + apart;
      apart = Math.min(2 * apart, LOOKS_AT_MOST_APART_MS);
    }
  }

  function* hear(text: string): Generator<LiveItem<Data>, void> {
    const message = messageOf<Data>(text);
    if (message === null || compareIds(message.event.id, position) <= 0) return;
    const { event, behind } = message;
    if (compareIds(scope.kind === "family" ? behind.family : behind.any, position) > 0) {
      // Between what was seen and this one is something that was not heard. The log has both.
      heard = event.id;
      if (awaySince === undefined) lookAt = now();
      return;
    }
    position = event.id;
    if (awaySince === undefined) lookAt = now() + QUIET_MS;
    if (matches(event.channel)) yield { kind: "event", event };
  }

  signal.addEventListener("abort", leave);
  // Who does not read keeps all of this at a `yield`, where no clock is looked at.
  const callOff = timer(lastsMs, () => {
    leave();
    onOver();
  });
  try {
    if (signal.aborted) return;
    yield { kind: "position", position };
    yield* tell(first);
    let beatAt = now() + heartbeatMs;
    while (goesOn()) {
      listener.tend();
      if (listener.turned() && awaySince === undefined) lookAt = now();
      if (now() >= lookAt) {
        yield* look();
        continue;
      }
      const message = listener.take();
      if (message !== undefined) {
        yield* hear(message);
        continue;
      }
      if (now() >= beatAt) {
        yield { kind: "position", position };
        beatAt = now() + heartbeatMs;
      }
      await bell.wait(Math.min(lookAt, beatAt, endAt, listener.tryAt) - now());
    }
  } finally {
    callOff();
    signal.removeEventListener("abort", leave);
    over.abort();
  }
}
