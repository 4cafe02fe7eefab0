// What must hold of deliveries whatever has happened.

import { expect } from "vitest";
import type { ChannelEvent } from "../../../../lib/pubsub/index.ts";

/** A delivery that its receiver took. */
export interface Taken {
  readonly to: string;
  readonly event: ChannelEvent;
}

/**
 * Nothing is lost, nothing comes that is nobody's, and the first deliveries of a key's events are in their order.
 *
 * @param expected who is to get which events, as ids in the order of their publication
 * @returns how many came more than once
 */
export function checkDeliveries(
  taken: readonly Taken[],
  expected: ReadonlyMap<string, readonly ChannelEvent["id"][]>,
): number {
  let repeats = 0;
  for (const [to, ids] of expected) {
    const got = taken.filter((each) => each.to === to).map(({ event }) => event);
    const first = [...new Map(got.toReversed().map((event) => [event.id, event])).values()].toReversed();
    expect(first.map(({ id }) => id).toSorted(), `what ${to} got`).toEqual([...ids].toSorted());
    repeats += got.length - first.length;
    for (const lane of new Set(first.map(laneOf))) {
      if (lane === null) continue;
      const inOrder = first.filter((event) => laneOf(event) === lane).map(({ id }) => ids.indexOf(id));
      expect(inOrder, `the order of ${lane} at ${to}`).toEqual(inOrder.toSorted((a, b) => a - b));
    }
  }
  expect(taken.filter(({ to }) => !expected.has(to))).toEqual([]);
  return repeats;
}

const laneOf = ({ channel, key }: ChannelEvent): string | null => (key === null ? null : `${channel} ${key}`);
