// What was read of a family for one subscription, and how far it is settled.

import type { Mark } from "../heads.ts";
import { compareIds } from "../ids.ts";
import type { Look } from "../look.ts";
import type { ChannelEvent } from "../types.ts";

export interface Reading {
  readonly family: string;
  /** What is to be done, oldest first. */
  readonly events: readonly ChannelEvent[];
  /** How many events were trimmed before it got to them. */
  readonly missed: number;
  /** The event needs the log no more: it is delivered, or kept elsewhere. */
  settle(id: string): void;
  /** Up to where all is settled, and what is beyond that. */
  standing(): { readonly after: Mark; readonly done: readonly string[] };
  /** Whether something of the family is left to do. */
  isLeft(): boolean;
}

/**
 * @param look what was read, from the subscription's position or before it
 * @param from its position
 * @param done what is settled beyond it
 * @param matches whether a channel is the subscription's
 */
export function createReading(
  { family, head, trimmed, entries: read, more }: Look,
  from: Mark,
  done: readonly string[],
  matches: (channel: string) => boolean,
): Reading {
  const gap = trimmed !== null && compareIds(trimmed.id, from.id) > 0 ? trimmed : null;
  const start = gap ?? from;
  const doneInGap = gap === null ? 0 : done.filter((id) => compareIds(id, gap.id) <= 0).length;
  const settled = new Set(done);
  const entries = read.filter(({ event }) => compareIds(event.id, start.id) > 0);
  const open = entries.filter(({ event }) => !settled.has(event.id) && matches(event.channel));
  const waiting = new Set(open.map(({ event }) => event.id));
  /** How many of the entries are settled, from the first on. */
  let through = 0;

  function advance(): void {
    while (through < entries.length && !waiting.has(entries[through]?.event.id ?? "")) through += 1;
  }

  return {
    family,
    events: open.map(({ event }) => event),
    missed: gap === null ? 0 : Math.max(0, gap.n - from.n - doneInGap),

    settle(id) {
      waiting.delete(id);
      settled.add(id);
    },

    standing() {
      advance();
      const last = entries[through - 1];
      const here = last === undefined ? start : { id: last.event.id, n: last.n };
      const after = through === entries.length && !more && head !== null ? head : here;
      // Those that were not read again this time, too: fewer entries may have been read than last time.
      return { after, done: [...settled].filter((id) => compareIds(id, after.id) > 0) };
    },

    isLeft: () => more || waiting.size > 0,
  };
}
