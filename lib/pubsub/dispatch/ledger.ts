// What has become of a subscription's events, until it is written down.

import type { KeptAttempt } from "../subscriptions/history.ts";
import { pendingText, type PendingEvent, type Progress } from "../subscriptions/records.ts";
import { isEmpty, noChanges, type Changes } from "./changes.ts";
import type { Room } from "./room.ts";

type Counts = Omit<Progress, "after" | "done">;

export interface Ledger {
  readonly counts: Readonly<Counts>;
  /** Notes an attempt, or what was missed. */
  note(attempt: Omit<KeptAttempt, "n">): void;
  /** Moves the counts. */
  count(moved: Partial<Counts>): void;
  /** Keeps an event, due at a time; null: when those before it are settled. */
  keep(pending: PendingEvent, due: number | null): void;
  /** Forgets an event that was kept. */
  forget(id: string): void;
  /** Keeps an event for whoever looks into what has died. */
  bury(pending: PendingEvent, at: number): void;
  due(id: string, at: number | null): void;
  readonly lane: (lane: string, ids: readonly string[]) => void;
  readonly isEmpty: boolean;
  /** What was noted since this was last asked. */
  take(): Changes;
}

/**
 * @param pending how many events are kept
 * @param room is told how much there is to write down
 */
export function createLedger(progress: Counts, pending: number, room: Room): Ledger {
  let counts: Counts = { ...progress, pending };
  let changes = noChanges();
  let counted = false;
  /** Bytes of events to write down. */
  let bytes = 0;

  function count(moved: Partial<Counts>): void {
    counts = { ...counts, ...moved };
    counted = true;
  }

  return {
    get counts() {
      return counts;
    },
    get isEmpty() {
      return isEmpty(changes) && !counted;
    },
    count,
    note(attempt) {
      const n = counts.attempts + 1;
      changes.attempts.push(JSON.stringify({ n, ...attempt } satisfies KeptAttempt));
      count({ attempts: n });
    },
    keep(event, due) {
      const text = pendingText(event);
      bytes += text.length;
      room.add(text.length);
      changes.pending.set(event.event.id, text);
      if (due !== null) changes.due.set(event.event.id, due);
    },
    forget(id) {
      changes.pending.set(id, null);
      changes.due.set(id, null);
    },
    bury({ event, attempts, lastStatus }, at) {
      changes.letters.push({ id: event.id, attempts, status: lastStatus, event: JSON.stringify(event), at });
    },
    due: (id, at) => void changes.due.set(id, at),
    lane: (lane, ids) => void changes.lanes.set(lane, ids),
    take() {
      const taken = changes;
      changes = noChanges();
      counted = false;
      room.add(-bytes);
      bytes = 0;
      return taken;
    },
  };
}
