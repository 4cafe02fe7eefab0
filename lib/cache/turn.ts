// A read that found nothing to serve: loads when it is its turn, or waits for whose turn it is.

import type { CacheSettings } from "./settings.ts";
import type { LoadUnderLease } from "./lease.ts";
import type { Seen, Store } from "./store.ts";
import { causeOf, fromOrigin, usable, type Found, type Read } from "./read.ts";
import type { Loaded } from "./types.ts";

/** Between two looks at another's load: soon at first, for most loads are short, then seldom, for each look costs. */
const FIRST_LOOK_MS = 15;
const SLOWER = 1.6;
const SLOWEST_MS = 250;

/**
 * @param standIn what may be served if the origin fails
 * @throws what Redis throws; OriginFailure, where nothing stands in
 */
export type LoadInTurn = <T>(read: Read<T>, seen: Seen, standIn: Found<T> | undefined) => Promise<Loaded<T>>;

export function createLoadInTurn(
  settings: CacheSettings,
  store: Store,
  loadUnderLease: LoadUnderLease,
): LoadInTurn {
  const { now, sleep, waitMs, on } = settings;

  return async function loadInTurn<T>(
    read: Read<T>,
    first: Seen,
    standIn: Found<T> | undefined,
  ): Promise<Loaded<T>> {
    const { key, loader, tags } = read;
    const deadline = now() + waitMs;
    let lookMs = FIRST_LOOK_MS;

    /** What another has stored; undefined once nobody loads any more, or time is up. */
    async function whatAnotherLoads(): Promise<{ seen: Seen; found: Found<T> | undefined }> {
      for (;;) {
        await sleep(lookMs);
        lookMs = Math.min(lookMs * SLOWER, SLOWEST_MS);
        const seen = await store.readWithLease(key, tags);
        const found = serveable(seen);
        if (found !== undefined || !seen.loading || now() >= deadline) return { seen, found };
      }
    }

    function serveable(seen: Seen): Found<T> | undefined {
      const found = usable<T>(settings, key, seen);
      return found?.verdict === "if-error" ? undefined : found;
    }

    const collapsed = ({ value }: Found<T>): Loaded<T> => ({
      value,
      status: { kind: "miss", stored: false, collapsed: true },
    });

    let seen = first;
    do {
      const turn = await store.lease(key, tags, seen);
      switch (turn.kind) {
        case "writing":
          return fromOrigin(loader, { kind: "bypass", because: "write-in-progress" }, standIn);
        case "leased":
          try {
            const { value, stored } = await loadUnderLease(read, turn);
            return { value, status: { kind: "miss", stored, collapsed: false } };
          } catch (error) {
            if (standIn === undefined) throw error;
            on({ type: "refresh-failed", key, error: causeOf(error) });
            return { value: standIn.value, status: { kind: "stale", because: "origin-error" } };
          }
        case "stored": {
          seen = turn.seen;
          const found = serveable(seen);
          if (found !== undefined) return collapsed(found);
          break;
        }
        case "loading": {
          const other = await whatAnotherLoads();
          if (other.found !== undefined) return collapsed(other.found);
          seen = other.seen;
        }
      }
    } while (now() < deadline);
    // Whoever loads takes longer than this reader will wait. The origin is asked once more; nothing is stored.
    return fromOrigin(loader, { kind: "miss", stored: false, collapsed: false }, standIn);
  };
}
