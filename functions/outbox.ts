// From the outbox to the log: events that were written to D1 with what they tell of are published.

import type { EventLog } from "../lib/pubsub/index.ts";
import type { Outbox, WaitingEvent } from "./database/index.ts";
import type { Dispatch } from "./dispatch.ts";

/** Events that are read at once, and how often that is done in one run. What is left waits for the next run. */
const AT_ONCE = 100;
const MOST_ROUNDS = 10;

export interface OutboxRelay {
  /** Behind an answer, and dispatches what it published. What goes wrong is told to `on`; the next scheduled run finds what is left. */
  start(): void;
  /**
   * Publishes the events that wait.
   *
   * Nothing is lost: an event is taken out of the outbox once Redis has it. Nothing is seen twice: the row is the publish's
   * idempotency key, so what a killed relay, or one of two at once, publishes again is the same event (for 24 hours). Events of
   * one key are published in their order. The first fault ends the run, and what is left waits.
   *
   * @returns whether somebody should dispatch what was published
   * @throws RedisUnavailableError; D1's errors
   * Cost: a query of D1, and nothing else where none waits. For each round, of 100 events at most and one of each key, a query
   * or two of D1 more, 1 trip, and for each event a publish.
   */
  run(): Promise<boolean>;
}

export interface OutboxRelayOptions {
  outbox: Outbox;
  events: Pick<EventLog, "publish">;
  dispatch: Pick<Dispatch, "start">;
  /** Takes work that goes on behind the answer. */
  waitUntil: (work: Promise<unknown>) => void;
  on: (notice: { readonly type: "failed"; readonly error: unknown }) => void;
}

export function createOutboxRelay({
  outbox,
  events,
  dispatch,
  waitUntil,
  on,
}: OutboxRelayOptions): OutboxRelay {
  async function run(): Promise<boolean> {
    let start = false;
    let more = true;
    for (let round = 0; more && round < MOST_ROUNDS; round += 1) {
      const waiting = await outbox.list(AT_ONCE);
      const first = firstOfEachKey(waiting);
      more = first.length < waiting.length || waiting.length === AT_ONCE;
      // All in one tick: one trip.
      const outcomes = await Promise.allSettled(first.map((event) => publish(events, event)));
      const published = first.filter((_, i) => outcomes[i]?.status === "fulfilled");
      if (published.length > 0) await outbox.remove(published.map(({ id }) => id));
      for (const outcome of outcomes) {
        if (outcome.status === "rejected") throw outcome.reason;
        start ||= outcome.value;
      }
    }
    return start;
  }

  async function runAndDispatch(): Promise<void> {
    try {
      if (await run()) dispatch.start();
    } catch (error) {
      on({ type: "failed", error });
    }
  }

  return { run, start: () => waitUntil(runAndDispatch()) };
}

/** Two of one key do not go out together: where Redis refused only the first, the second would stand before it. */
function firstOfEachKey(waiting: readonly WaitingEvent[]): WaitingEvent[] {
  const first = new Map<string, WaitingEvent>();
  for (const event of waiting) {
    const key = JSON.stringify([event.channel, event.key]);
    if (!first.has(key)) first.set(key, event);
  }
  return [...first.values()];
}

/** @returns whether somebody should dispatch */
async function publish(events: OutboxRelayOptions["events"], event: WaitingEvent): Promise<boolean> {
  const { id, channel, type, key, data, createdAt } = event;
  // With the time: a database made anew gives its ids again.
  const idempotencyKey = `outbox:${id}:${createdAt}`;
  const outcome = await events.publish(channel, data, { type, key, idempotencyKey });
  return outcome.kind === "published" && outcome.start;
}
