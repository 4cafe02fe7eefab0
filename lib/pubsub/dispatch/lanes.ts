// Order: the events of one key of a channel, while one of them waits for a retry.

import { compareIds } from "../ids.ts";
import { laneOf, type PendingEvent } from "../subscriptions/records.ts";

/** How many of a lane's events are made due when the one before them is settled. */
const OPENED = 50;

export interface Lanes {
  /** Whether an event's turn has come: nothing of its key waits before it. */
  isTurn(lane: string, id: string): boolean;
  /** Whether it has a place already. */
  holds(lane: string, id: string): boolean;
  /** Puts an event behind those that wait. */
  append(lane: string, id: string): void;
  /** Takes the first one out. @returns those whose turn comes next, in order */
  leave(lane: string, id: string): readonly string[];
}

/**
 * A lane is the list of a key's events that are pending, in order. Only its first may be delivered.
 *
 * @param lists the lanes that matter here, as they are kept
 * @param changed is told how a lane is afterwards
 */
export function createLanes(
  lists: ReadonlyMap<string, readonly string[]>,
  changed: (lane: string, ids: readonly string[]) => void,
): Lanes {
  const lanes = new Map(lists);
  const idsOf = (lane: string): readonly string[] => lanes.get(lane) ?? [];

  function set(lane: string, ids: readonly string[]): void {
    lanes.set(lane, ids);
    changed(lane, ids);
  }

  return {
    isTurn: (lane, id) => (idsOf(lane)[0] ?? id) === id,
    holds: (lane, id) => idsOf(lane).includes(id),
    append: (lane, id) => set(lane, [...idsOf(lane), id]),
    leave(lane, id) {
      const ids = idsOf(lane);
      if (ids[0] !== id) return [];
      const left = ids.slice(1);
      set(lane, left);
      return left.slice(0, OPENED);
    },
  };
}

/** The events of one lane as they stand in it; those that are in none of these behind them, the oldest first. */
export function inOrder(
  retries: readonly PendingEvent[],
  lanes: ReadonlyMap<string, readonly string[]>,
): PendingEvent[] {
  const placed = retries.map((pending) => {
    const place = lanes.get(laneOf(pending.event) ?? "")?.indexOf(pending.event.id) ?? -1;
    return { pending, place: place < 0 ? Number.POSITIVE_INFINITY : place };
  });
  return placed
    .toSorted((a, b) =>
      a.place === b.place ? compareIds(a.pending.event.id, b.pending.event.id) : a.place - b.place,
    )
    .map(({ pending }) => pending);
}
