// What a cache takes and answers.

import type { Redis } from "../redis/index.ts";
import type { CacheMemory } from "./memory.ts";

/** How one entry lives. Each field overrides the cache's own default. */
export interface EntryOptions {
  /** Fresh for so long. 300. */
  ttlSeconds?: number;
  /** After that served stale for so long, while one isolate loads it anew behind the answer. 0. */
  staleWhileRevalidateSeconds?: number;
  /** After `ttlSeconds` served for so long when the origin fails. 0. */
  staleIfErrorSeconds?: number;
  /** How long "there is no such thing" (null or undefined from the loader) is remembered; 0 remembers nothing. 30. */
  missingTtlSeconds?: number;
  /**
   * Names under which the entry can be invalidated together with others. Known before the value is: they are read
   * beside the entry.
   */
  tags?: readonly string[];
}

export interface CacheOptions extends EntryOptions {
  redis: Redis;
  /** In front of every key. "sedge". */
  prefix?: string;
  /** Several caches under one prefix: keys and tags of one are not those of another, and `clear` ends one at once. */
  namespace?: string;
  /** Takes work that goes on behind the answer: `(work) => ctx.waitUntil(work)`. Without it, it runs unwatched. */
  waitUntil?: (work: Promise<unknown>) => void;
  /** Values kept in the isolate for a moment, from `createCacheMemory`. None by default. */
  memory?: CacheMemory;
  /** Lifetimes differ by up to this share, so that what was stored together does not expire together. 0.1. */
  jitter?: number;
  /** XFetch's beta: how eagerly an entry is loaded anew, by chance, before it expires; 0 never. 1. */
  earlyRefresh?: number;
  /** How long a loader may take before another may load beside it. 10. */
  leaseSeconds?: number;
  /** How long a reader waits for another's load before it asks the origin itself. 3,000. */
  waitMs?: number;
  /** How long a writer killed in the middle makes reads bypass the cache. No write may take longer. 60. */
  writeSeconds?: number;
  /** Larger values (in characters, encoded) are answered and not stored. 1,000,000. */
  maxLength?: number;
  /** Hears what a caller does not see: a refresh that failed, a Redis that is away. */
  on?: (event: CacheEvent) => void;
  /** Milliseconds since 1970. `Date.now`. */
  now?: () => number;
  /** From 0 to 1, for jitter and early refresh. `Math.random`. */
  random?: () => number;
  /** Waits between two looks at another's load. `setTimeout`. */
  sleep?: (ms: number) => Promise<void>;
}

/** Where a value came from; RFC 9211 has a word for each. */
export type CacheStatus =
  /** From the cache, fresh for `ttlSeconds` more. */
  | { readonly kind: "hit"; readonly ttlSeconds: number }
  /** From the cache, expired: being loaded anew behind the answer, or the origin failed. */
  | { readonly kind: "stale"; readonly because: "revalidating" | "origin-error" }
  /** From the origin. `stored`: and put into the cache. `collapsed`: by another's load, waited for. */
  | { readonly kind: "miss"; readonly stored: boolean; readonly collapsed: boolean }
  /** From the origin, past the cache. */
  | { readonly kind: "bypass"; readonly because: "redis-unavailable" | "write-in-progress" };

/** A value and where it came from. `null` or `undefined` is "there is no such thing". */
export interface Loaded<T> {
  readonly value: T;
  readonly status: CacheStatus;
}

export type CacheEvent =
  | { readonly type: "refresh-failed"; readonly key: string; readonly error: unknown }
  | {
      readonly type: "redis-unavailable";
      readonly during: "read" | "store" | "write";
      readonly error: unknown;
    }
  | { readonly type: "not-stored"; readonly key: string; readonly because: "too-large" | "not-encodable" }
  | { readonly type: "undecodable"; readonly key: string };

/** Fetches a value from the origin. */
export type Loader<T> = () => Promise<T>;

export interface Cache {
  /**
   * The value of `key`, from the cache or else from `loader`.
   *
   * One loader per key runs at a time, in all isolates; the others serve stale or wait. What is invalidated
   * while a loader runs is answered by that loader, and not stored. A Redis away, or a value too large, never fails it.
   *
   * @throws what `loader` throws, where nothing stale may stand in; InvalidNameError
   *
   * Cost: a hit 1 trip, 1 command, whatever the number of tags. A miss 3 trips, 10 commands, and 4 for each tag nobody
   * has read under since it was invalidated. Waiting for another's load: 2 trips, 6 commands, and 1 and 1 for each look.
   */
  load<T>(key: string, loader: Loader<T>, options?: EntryOptions): Promise<Loaded<T>>;

  /**
   * A function like `fn` that answers from the cache. The key is `prefix` and the arguments: `user` and 7 are
   * `user:7`.
   *
   * Cost: as `load`.
   */
  wrap<A extends readonly unknown[], T>(
    prefix: string,
    fn: (...args: A) => Promise<T>,
    options?: WrapOptions<A>,
  ): (...args: A) => Promise<T>;

  /** What is stored, or undefined. Expired and invalidated entries are not. Cost: 1 trip, 1 command. */
  get<T>(key: string, options?: Pick<EntryOptions, "tags">): Promise<T | undefined>;

  /** As `get`, for many keys that share their tags, in their order. Cost: 1 trip, 1 command. */
  getMany<T>(keys: readonly string[], options?: Pick<EntryOptions, "tags">): Promise<(T | undefined)[]>;

  /**
   * Stores a value; a load under way is not stored over it.
   * @returns whether it was stored: not while a write of this key or its tags is under way, and not if too large
   * Cost: 1 trip, 4 commands; with tags 2 trips and 4 commands a tag more.
   */
  set<T>(key: string, value: T, options?: EntryOptions): Promise<boolean>;

  /** Removes entries, and what loads under way would store. @returns how many there were. Cost: 1 trip, 2 commands. */
  delete(...keys: string[]): Promise<number>;

  /** Makes every entry under these tags invalid, at once, at any number. Cost: 1 trip, 1 command. */
  invalidateTags(...tags: string[]): Promise<void>;

  /**
   * Removes the entries whose key matches a glob pattern (`product:*`), in a bounded step.
   * Walks the whole keyspace: slow for many keys; tags are the quick way.
   *
   * @param cursor `next` of the step before
   * @returns how many were removed, and where to go on: null at the end
   *
   * Cost: a step at most 11 trips, 30 commands.
   */
  deletePattern(pattern: string, cursor?: string): Promise<{ deleted: number; next: string | null }>;

  /** Makes every entry of this cache's namespace invalid. Cost: 1 trip, 1 command. @throws without a namespace. */
  clear(): Promise<void>;

  /**
   * Changes the origin, with the entries it changes taken out around it: from before `write` starts until after it has
   * ended, reads of these keys and tags go to the origin and are not stored. So no read that starts after this has
   * resolved sees the state before, also where `write` fails, and where the Worker is killed in between reads
   * go on to bypass until `writeSeconds` have passed, or twice that where others go on writing the same.
   *
   * @returns what `write` returns
   * @throws RedisUnavailableError before `write` has run, never after; what `write` throws
   *
   * Cost: 2 trips; 8 commands per key and tag.
   */
  write<T>(
    affected: { keys?: readonly string[]; tags?: readonly string[] },
    write: () => Promise<T>,
  ): Promise<T>;
}

export interface WrapOptions<A extends readonly unknown[]> extends Omit<EntryOptions, "tags"> {
  /** The tags of the entry, from the arguments. */
  tags?: (...args: A) => readonly string[];
}
