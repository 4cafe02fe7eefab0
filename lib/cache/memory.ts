// The tier in the isolate: entries as text, for a moment.

import type { Entry } from "./entry.ts";

/** Made once per isolate and handed to each request's cache. Holds values only, never promises. */
export interface CacheMemory {
  get(entryKey: string, now: number): Entry | undefined;
  /**
   * @param since `forgotten` from before the entry was read: where anything was forgotten meanwhile it is not kept, for
   *   it may be of what was
   */
  put(entryKey: string, entry: Entry, tagKeys: readonly string[], now: number, since: number): void;
  /** How often something was forgotten. */
  readonly forgotten: number;
  /** Forgets entries by their key, and those under any of these tags. */
  forget(entryKeys: readonly string[], tagKeys: readonly string[]): void;
  forgetAll(): void;
}

interface Kept {
  entry: Entry;
  tagKeys: readonly string[];
  until: number;
}

/**
 * @param maxEntries the least recently used goes first. 500
 * @param ttlSeconds how long a value may be served without asking Redis. 1. Within this time the isolate does not see
 *   what others have invalidated: leave the tier out where a read must see every write.
 */
export function createCacheMemory({ maxEntries = 500, ttlSeconds = 1 } = {}): CacheMemory {
  // A Map keeps the order of insertion: first is the least recently used.
  const kept = new Map<string, Kept>();
  let forgotten = 0;

  return {
    get forgotten() {
      return forgotten;
    },
    get(entryKey, now) {
      const found = kept.get(entryKey);
      if (found === undefined) return undefined;
      kept.delete(entryKey);
      if (now >= found.until) return undefined;
      kept.set(entryKey, found);
      return found.entry;
    },
    put(entryKey, entry, tagKeys, now, since) {
      if (since !== forgotten) return;
      kept.delete(entryKey);
      kept.set(entryKey, { entry, tagKeys, until: Math.min(now + ttlSeconds * 1_000, entry.freshUntil) });
      const [oldest] = kept.keys();
      if (kept.size > maxEntries && oldest !== undefined) kept.delete(oldest);
    },
    forget(entryKeys, tagKeys) {
      forgotten += 1;
      for (const entryKey of entryKeys) kept.delete(entryKey);
      if (tagKeys.length === 0) return;
      for (const [entryKey, found] of kept) {
        if (found.tagKeys.some((tagKey) => tagKeys.includes(tagKey))) kept.delete(entryKey);
      }
    },
    forgetAll() {
      forgotten += 1;
      kept.clear();
    },
  };
}
