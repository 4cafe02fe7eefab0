// The order of what is to be delivered to one subscription: in turn within a track, side by side over tracks.

import type { ChannelEvent } from "../types.ts";

/** The events of a channel that follow one another: those of a key, or those without one. */
const trackOf = ({ channel, key }: ChannelEvent): string => `${channel} ${key ?? ""}`;

export interface Tracks<Item> {
  /**
   * The next item, of the track that has waited longest; its track waits until it is freed.
   * @param judge what to do with the first of a track: take it; drop it, for the next one to be the first; or leave the track
   */
  next(judge: (item: Item) => "take" | "drop" | "leave"): Item | null;
  /** Lets an item's track go on. */
  free(item: Item): void;
  /** How many items were neither taken nor dropped. */
  readonly left: number;
}

/**
 * @param first before `second` within a track; over the tracks they take turns
 */
export function createTracks<Item extends { readonly event: ChannelEvent }>(
  first: readonly Item[],
  second: readonly Item[],
): Tracks<Item> {
  const tracks = new Map<string, Item[]>();
  for (let i = 0; i < Math.max(first.length, second.length); i += 1) {
    for (const item of [first[i], second[i]]) if (item !== undefined) tracks.set(trackOf(item.event), []);
  }
  for (const item of [...first, ...second]) tracks.get(trackOf(item.event))?.push(item);
  const busy = new Set<string>();

  return {
    next(judge) {
      for (const [track, items] of tracks) {
        if (busy.has(track)) continue;
        for (let item = items[0]; item !== undefined; item = items[0]) {
          const verdict = judge(item);
          if (verdict === "leave") break;
          items.shift();
          if (verdict === "drop") continue;
          busy.add(track);
          // To the end: the others come first.
          tracks.delete(track);
          tracks.set(track, items);
          return item;
        }
        if (items.length === 0) tracks.delete(track);
      }
      return null;
    },
    free: ({ event }) => void busy.delete(trackOf(event)),
    get left() {
      let left = 0;
      for (const items of tracks.values()) left += items.length;
      return left;
    },
  };
}
