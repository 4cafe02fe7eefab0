// What the cache asks of Redis: each a function of one trip.

import { randomId } from "../random.ts";
import { parseEntry, PLACEHOLDER, type Entry } from "./entry.ts";
import { LEASE, OPEN_TAG, PUT, SETTLE } from "./scripts.ts";
import type { CacheSettings } from "./settings.ts";

/** How long a tag's version lasts. Where it ends early its entries are loaded anew: harmless, so it need not be exact. */
const TAG_MS = 7 * 24 * 3_600_000;

/** An entry as it was read, and the versions of the tags it is to be judged by; null where a tag has none. */
export interface Seen {
  /** The entry's id, for LEASE to see whether it is still that one; "" for none, "*" for a text that is no entry. */
  readonly id: string;
  readonly entry: Entry | null;
  readonly versions: readonly (string | null)[];
}

/** Whose turn it is to load. */
export type Turn =
  /** The caller's: `fence` proves it to `settle`. `versions` are the tags' from before the load. */
  | { readonly kind: "leased"; readonly fence: string; readonly versions: readonly string[] }
  /** Another's. */
  | { readonly kind: "loading" }
  /** Somebody's who has just ended: here is what was stored. */
  | { readonly kind: "stored"; readonly seen: Seen }
  /** Nobody's: the origin is being written. */
  | { readonly kind: "writing" };

/** How a lease ends: with an entry, with none, or with the one that was there. */
export type Outcome =
  | { readonly kind: "store"; readonly text: string; readonly lastsMs: number }
  | { readonly kind: "drop" }
  | { readonly kind: "keep" };

export interface Store {
  /** The entry and its tags' versions, in one MGET. With `lease`, also whether somebody loads it. */
  read(key: string, tags: readonly string[]): Promise<Seen>;
  readWithLease(key: string, tags: readonly string[]): Promise<Seen & { readonly loading: boolean }>;
  readMany(keys: readonly string[], tags: readonly string[]): Promise<readonly Seen[]>;
  /** Tries to take the lease, and gives every tag that has none a version, in one pipeline. */
  lease(key: string, tags: readonly string[], seen: Seen): Promise<Turn>;
  /** Ends a lease. @returns whether it was still the caller's, so that the outcome has come to pass */
  settle(key: string, fence: string, outcome: Outcome): Promise<boolean>;
  /** The versions of the tags, made where there are none; null where the origin is being written under one. */
  openTags(tags: readonly string[], known?: readonly (string | null)[]): Promise<readonly string[] | null>;
  /** Stores without a lease. @returns false while the origin is being written */
  put(key: string, text: string, lastsMs: number): Promise<boolean>;
}

function seenOf(text: string | null, versions: readonly (string | null)[]): Seen {
  const entry = parseEntry(text);
  const id = entry?.id ?? (text === null || text === PLACEHOLDER ? "" : "*");
  return { id, entry, versions };
}

export function createStore({ redis, keys, leaseMs }: CacheSettings): Store {
  const mget = (names: readonly string[]): Promise<(string | null)[]> =>
    redis.send((pipeline) => pipeline.mget(...names));

  async function readMany(names: readonly string[], tags: readonly string[]): Promise<readonly Seen[]> {
    const texts = await mget([...names.map(keys.entry), ...tags.map(keys.tag)]);
    const versions = texts.slice(names.length);
    return texts.slice(0, names.length).map((text) => seenOf(text, versions));
  }

  async function openTags(
    tags: readonly string[],
    known: readonly (string | null)[] = [],
  ): Promise<readonly string[] | null> {
    const opened = await Promise.all(
      tags.map(
        async (tag, i) =>
          known[i] ??
          redis.run<string | null>(OPEN_TAG, [keys.tag(tag), keys.tagMark(tag)], [randomId(), TAG_MS]),
      ),
    );
    const versions = opened.filter((version) => version !== null);
    return versions.length === tags.length ? versions : null;
  }

  async function settle(key: string, fence: string, outcome: Outcome): Promise<boolean> {
    const [text, lastsMs] = outcome.kind === "store" ? [outcome.text, outcome.lastsMs] : ["", 0];
    const settled = await redis.run<number>(
      SETTLE,
      [keys.entry(key), keys.lease(key)],
      [fence, outcome.kind, text, lastsMs],
    );
    return settled === 1;
  }

  return {
    readMany,
    openTags,
    settle,

    async read(key, tags) {
      const [text = null, ...versions] = await mget([keys.entry(key), ...tags.map(keys.tag)]);
      return seenOf(text, versions);
    },

    async readWithLease(key, tags) {
      const [lease, text = null, ...versions] = await mget([
        keys.lease(key),
        keys.entry(key),
        ...tags.map(keys.tag),
      ]);
      return { ...seenOf(text, versions), loading: lease !== null };
    },

    async lease(key, tags, seen) {
      const fence = randomId();
      const [versions, [answer, text]] = await Promise.all([
        openTags(tags, seen.versions),
        redis.run<[string, string?]>(
          LEASE,
          [keys.entry(key), keys.lease(key), keys.mark(key)],
          [seen.id, fence, leaseMs],
        ),
      ]);
      if (versions === null) {
        if (answer === "leased") await settle(key, fence, { kind: "keep" });
        return { kind: "writing" };
      }
      if (answer === "leased") return { kind: "leased", fence, versions };
      if (answer === "entry") return { kind: "stored", seen: seenOf(text ?? null, versions) };
      return { kind: answer === "writing" ? "writing" : "loading" };
    },

    async put(key, text, lastsMs) {
      const stored = await redis.run<number>(
        PUT,
        [keys.entry(key), keys.lease(key), keys.mark(key)],
        [text, lastsMs],
      );
      return stored === 1;
    },
  };
}
