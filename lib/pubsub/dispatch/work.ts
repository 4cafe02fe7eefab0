// One subscription, while a dispatcher serves it: what is next for it, and what becomes of that. No I/O, and no clock.

import {
  laneOf,
  progressText,
  type Definition,
  type PendingEvent,
  type Progress,
} from "../subscriptions/records.ts";
import type { Changes } from "./changes.ts";
import { createLanes, inOrder } from "./lanes.ts";
import { createLedger } from "./ledger.ts";
import { MAX_PENDING, REST_MS } from "./plan.ts";
import type { Reading } from "./reading.ts";
import { hasFailedTooLong, retryDelay } from "./schedule.ts";
import type { Room } from "./room.ts";
import { createTracks } from "./tracks.ts";
import type { Delivery } from "./types.ts";

/** Failures in a row after which a subscription gets nothing more for a while. */
const MAX_FAILURES = 3;

/** An event to deliver. */
export interface Item extends PendingEvent {
  /** Where it was read; null: it is pending. */
  readonly reading: Reading | null;
}

/** What came of an item, and when, in milliseconds since 1970. */
export interface Outcome {
  readonly delivery: Delivery;
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface WorkOptions {
  readonly progress: Progress;
  readonly readings: readonly Reading[];
  /** What is due again. */
  readonly retries: readonly PendingEvent[];
  /** How many events are pending in all. */
  readonly pending: number;
  /** The lanes of all these events. */
  readonly lanes: ReadonlyMap<string, readonly string[]>;
  /** Whether there is more than was read and loaded. */
  readonly partly: boolean;
  /** For what is kept. */
  readonly room: Room;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Milliseconds since 1970, when all this was read. */
  readonly at: number;
}

export interface Work {
  /** The next event to deliver; null where there is none now. What has to wait for another is put aside. */
  next(): Item | null;
  /** @returns whether the event has died, and whether its receiver is to be disabled */
  settle(item: Item, outcome: Outcome, definition: Definition | null): Settled;
  /** Whether the last attempt has failed. */
  readonly isFailing: boolean;
  /** How many events it has missed. */
  readonly missed: readonly { readonly family: string; readonly events: number }[];
  /** Whether there is something to write down that is more than its position. */
  readonly hasChanges: boolean;
  /** Whether there is nothing more to begin. */
  readonly isDone: boolean;
  /** Whether anything has come of it. */
  readonly hasMoved: boolean;
  /** What is to be written down. */
  take(): { readonly progress: string; readonly changes: Changes };
  /** When to look again; null: when something is due. @param now milliseconds since 1970 */
  again(now: number): number | null;
}

export interface Settled {
  readonly dead: boolean;
  readonly disable: "gone" | "failing" | null;
}

export function createWork(options: WorkOptions): Work {
  const { progress, readings, room, random, at } = options;
  const ledger = createLedger(progress, options.pending, room);
  const lanes = createLanes(options.lanes, ledger.lane);
  const tracks = createTracks<Item>(
    inOrder(options.retries, options.lanes).map(retried),
    readings.flatMap((reading) =>
      reading.events.map((event) => ({ event, attempts: 0, lastStatus: null, reading })),
    ),
  );
  /** In a row. */
  let failures = 0;
  let moved = false;

  const missed = readings.flatMap(({ family, missed: events }) => (events > 0 ? [{ family, events }] : []));
  for (const { family, events } of missed) {
    ledger.count({ missed: ledger.counts.missed + events });
    const error = `${events} events of ${family} were trimmed before they could be delivered`;
    ledger.note({ eventId: null, attempt: 0, status: null, at: isoOf(at), durationMs: 0, error });
    moved = true;
  }

  const isFull = (): boolean => ledger.counts.pending >= MAX_PENDING;
  const isResting = (): boolean => failures >= MAX_FAILURES;

  /** An event that comes from the log is kept. */
  function keep(item: Item, pending: PendingEvent, due: number | null): void {
    ledger.keep(pending, due);
    if (item.reading === null) return;
    item.reading.settle(item.event.id);
    ledger.count({ pending: ledger.counts.pending + 1 });
  }

  /** It has to wait for others of its key. */
  function putAside(item: Item, lane: string): void {
    const { id } = item.event;
    moved = true;
    if (!lanes.holds(lane, id)) lanes.append(lane, id);
    if (item.reading === null) ledger.due(id, null);
    else keep(item, item, null);
  }

  /** It is done with, for good or ill: those that waited for it may go. */
  function leave({ event, reading }: Item, now: number): void {
    const lane = laneOf(event);
    if (reading === null) {
      ledger.forget(event.id);
      ledger.count({ pending: ledger.counts.pending - 1 });
    } else {
      reading.settle(event.id);
    }
    if (lane !== null) for (const id of lanes.leave(lane, event.id)) ledger.due(id, now);
  }

  function failed(item: Item, delivery: Exclude<Delivery, { kind: "delivered" }>, now: number): boolean {
    const pending = { event: item.event, attempts: item.attempts + 1, lastStatus: delivery.status };
    const retryAfter = delivery.kind === "failed" ? delivery.retryAfterSeconds : undefined;
    const delay = retryDelay(pending.attempts, random(), retryAfter);
    failures += 1;
    ledger.count({ failed: ledger.counts.failed + 1, failingSince: ledger.counts.failingSince ?? now });
    if (delay === null) {
      ledger.bury(pending, now);
      ledger.count({ died: ledger.counts.died + 1 });
      leave(item, now);
      return true;
    }
    keep(item, pending, now + delay);
    const lane = laneOf(item.event);
    if (lane !== null && !lanes.holds(lane, item.event.id)) lanes.append(lane, item.event.id);
    return false;
  }

  return {
    next() {
      if (isResting()) return null;
      return tracks.next((item) => {
        const lane = laneOf(item.event);
        const comesAside = lane !== null && !lanes.isTurn(lane, item.event.id);
        if (item.reading !== null && (isFull() || (comesAside && !room.allows()))) return "leave";
        if (!comesAside) return "take";
        putAside(item, lane);
        return "drop";
      });
    },

    settle(item, { delivery, startedAt, endedAt }, definition) {
      moved = true;
      tracks.free(item);
      ledger.note({
        eventId: item.event.id,
        attempt: item.attempts + 1,
        status: delivery.status,
        at: isoOf(startedAt),
        durationMs: Math.max(0, endedAt - startedAt),
        error: errorOf(delivery),
      });
      if (delivery.kind === "delivered") {
        failures = 0;
        ledger.count({
          delivered: ledger.counts.delivered + 1,
          lastDeliveryAt: endedAt,
          failingSince: null,
        });
        leave(item, endedAt);
        return { dead: false, disable: null };
      }
      const dead = failed(item, delivery, endedAt);
      if (definition === null) return { dead, disable: null };
      if (delivery.kind === "gone") return { dead, disable: "gone" };
      const tooLong = hasFailedTooLong(definition, ledger.counts.failingSince ?? endedAt, endedAt);
      return { dead, disable: tooLong ? "failing" : null };
    },

    get isFailing() {
      return ledger.counts.failingSince !== null;
    },
    missed,

    get hasChanges() {
      return !ledger.isEmpty;
    },
    get isDone() {
      return isResting() || tracks.left === 0;
    },
    get hasMoved() {
      return moved;
    },

    take() {
      const after = new Map(progress.after);
      const done = new Map(progress.done);
      for (const reading of readings) {
        const standing = reading.standing();
        after.set(reading.family, standing.after);
        if (standing.done.length > 0) done.set(reading.family, standing.done);
        else done.delete(reading.family);
      }
      return { progress: progressText({ ...ledger.counts, after, done }), changes: ledger.take() };
    },

    again(now) {
      if (isResting()) {
        ledger.count({ restUntil: now + REST_MS });
        return now + REST_MS;
      }
      const left = options.partly || tracks.left > 0 || readings.some((reading) => reading.isLeft());
      // Full, and nothing could be done about it: not before one of those that fill it is due.
      const stuck = isFull() && !moved;
      return left && !stuck ? now : null;
    },
  };
}

const retried = ({ event, attempts, lastStatus }: PendingEvent): Item => ({
  event,
  attempts,
  lastStatus,
  reading: null,
});

const isoOf = (ms: number): string => new Date(ms).toISOString();

function errorOf(delivery: Delivery): string | null {
  if (delivery.kind === "gone") return "the receiver is gone";
  return delivery.kind === "failed" ? delivery.error : null;
}
