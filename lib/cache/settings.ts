// A cache's options with every default filled in, and what is derived from them once.

import { checkName } from "../keys.ts";
import { createCacheKeys, type CacheKeys } from "./keys.ts";
import { DEFAULT_LIFETIME, lifetimeOf, type Lifetime } from "./lifetime.ts";
import type { CacheMemory } from "./memory.ts";
import type { CacheEvent, CacheOptions } from "./types.ts";
import type { Redis } from "../redis/index.ts";

export interface CacheSettings {
  readonly redis: Redis;
  readonly keys: CacheKeys;
  readonly lifetime: Lifetime;
  readonly memory: CacheMemory | undefined;
  readonly jitter: number;
  readonly earlyRefresh: number;
  readonly leaseMs: number;
  readonly waitMs: number;
  readonly writeMs: number;
  readonly maxLength: number;
  readonly now: () => number;
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Runs on behind the answer. `work` never rejects. */
  readonly behind: (work: Promise<void>) => void;
  readonly on: (event: CacheEvent) => void;
  /** The tags of an entry, checked, with the namespace's own first. */
  readonly allTags: (tags: readonly string[] | undefined) => readonly string[];
}

export function settingsOf(options: CacheOptions): CacheSettings {
  const keys = createCacheKeys(options.prefix ?? "sedge", options.namespace);
  const { waitUntil } = options;
  return {
    redis: options.redis,
    keys,
    lifetime: lifetimeOf(options, DEFAULT_LIFETIME),
    memory: options.memory,
    jitter: options.jitter ?? 0.1,
    earlyRefresh: options.earlyRefresh ?? 1,
    leaseMs: (options.leaseSeconds ?? 10) * 1_000,
    waitMs: options.waitMs ?? 3_000,
    writeMs: (options.writeSeconds ?? 60) * 1_000,
    maxLength: options.maxLength ?? 1_000_000,
    now: options.now ?? Date.now,
    random: options.random ?? Math.random,
    sleep: options.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms))),
    behind: (work) => (waitUntil === undefined ? void work : waitUntil(work)),
    on: options.on ?? (() => undefined),
    allTags: (tags = []) => {
      for (const tag of tags) checkName(tag, "tag");
      return keys.namespaceTag === null ? [...new Set(tags)] : [keys.namespaceTag, ...new Set(tags)];
    },
  };
}
