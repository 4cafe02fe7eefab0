// Taking entries out: by key, by tag, by pattern, all at once.

import { InvalidNameError } from "../errors.ts";
import type { CacheSettings } from "./settings.ts";
import type { Cache } from "./types.ts";

/** Keys looked at in one SCAN, and SCANs in one step of `deletePattern`. */
const SCAN_COUNT = 1_000;
const SCANS_PER_STEP = 10;

/** A cursor of SCAN is an unsigned integer of 64 bits. */
export const isScanCursor = (text: string): boolean => /^\d{1,20}$/.test(text) && BigInt(text) < 2n ** 64n;

export function createInvalidation({
  redis,
  keys,
  memory,
}: CacheSettings): Pick<Cache, "delete" | "invalidateTags" | "deletePattern" | "clear"> {
  const unlink = (names: readonly string[]): Promise<number> =>
    redis.send((pipeline) => pipeline.unlink(...names));

  /** Leases first: a load under way that ends in between finds its lease gone, and stores nothing. */
  async function unlinkEntries(entryKeys: readonly string[]): Promise<number> {
    if (entryKeys.length === 0) return 0;
    const leases = unlink(entryKeys.map((entryKey) => `${entryKey}:lease`));
    const [, deleted] = await Promise.all([leases, unlink(entryKeys)]);
    return deleted;
  }

  return {
    async delete(...names) {
      const entryKeys = names.map(keys.entry);
      const deleted = await unlinkEntries(entryKeys);
      memory?.forget(entryKeys, []);
      return deleted;
    },

    async invalidateTags(...tags) {
      if (tags.length === 0) return;
      const tagKeys = tags.map(keys.tag);
      await unlink(tagKeys);
      memory?.forget([], tagKeys);
    },

    async deletePattern(pattern, cursor = "0") {
      const match = keys.match(pattern);
      if (!isScanCursor(cursor)) throw new InvalidNameError("cursor", "the `next` of the step before");

      let deleted = 0;
      let at = cursor;
      let found: string[] = [];
      for (let scans = 0; scans < SCANS_PER_STEP; scans += 1) {
        // What one SCAN has found is removed beside the next one, in the same trip.
        const [[next, names], removed] = await Promise.all([
          redis.send<[string, string[]]>((pipeline) => pipeline.scan(at, { match, count: SCAN_COUNT })),
          unlinkEntries(found),
        ]);
        deleted += removed;
        // An unclosed bracket in a pattern can reach past the closing brace, to leases and marks.
        found = names.filter((name) => name.endsWith("}"));
        at = next;
        if (at === "0") break;
      }
      deleted += await unlinkEntries(found);
      memory?.forgetAll();
      return { deleted, next: at === "0" ? null : at };
    },

    async clear() {
      if (keys.namespaceTag === null) throw new Error("clear needs a cache with a namespace");
      await unlink([keys.tag(keys.namespaceTag)]);
      memory?.forgetAll();
    },
  };
}
