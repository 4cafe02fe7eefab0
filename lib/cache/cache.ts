// The cache, put together.

import { decodePayload, judge } from "./entry.ts";
import { createInvalidation } from "./invalidate.ts";
import { lifetimeOf } from "./lifetime.ts";
import { createLoad } from "./load.ts";
import { settingsOf } from "./settings.ts";
import { createPack } from "./lease.ts";
import { createStore, type Seen } from "./store.ts";
import type { Cache, CacheOptions } from "./types.ts";
import { createWrap } from "./wrap.ts";
import { createWrite } from "./write.ts";

/**
 * A cache before an origin, in Redis.
 *
 * An entry is served while its tags have the versions they had before it was loaded. To invalidate a tag is to delete
 * its version; the next loader gives it a new one. So no invalidation is lost, however many entries it is
 * about, whatever is being loaded meanwhile, and whatever Redis evicts.
 *
 * Make one per request, from that request's `redis`: it is cheap.
 *
 * @throws InvalidNameError, RangeError for options that are none
 */
export function createCache(options: CacheOptions): Cache {
  const settings = settingsOf(options);
  const store = createStore(settings);
  const load = createLoad(settings, store);
  const pack = createPack(settings);
  const { now, memory, keys, on, allTags } = settings;

  function freshValue<T>({ entry, versions }: Seen, key: string): T | undefined {
    if (entry === null) return undefined;
    const verdict = judge(entry, versions, { now: now(), luck: 1, earlyRefresh: 0 });
    if (verdict !== "fresh") return undefined;
    try {
      return decodePayload<T>(entry.payload);
    } catch {
      on({ type: "undecodable", key });
      return undefined;
    }
  }

  async function getMany<T>(names: readonly string[], { tags }: { tags?: readonly string[] } = {}) {
    if (names.length === 0) return [];
    const seen = await store.readMany(names, allTags(tags));
    return names.map((name, i) => freshValue<T>(seen[i] ?? { id: "", entry: null, versions: [] }, name));
  }

  return {
    load,
    wrap: createWrap(load),
    write: createWrite(settings),
    ...createInvalidation(settings),
    getMany,

    async get<T>(key: string, only?: { tags?: readonly string[] }) {
      const [value] = await getMany<T>([key], only);
      return value;
    },

    async set(key, value, entryOptions = {}) {
      const entryKey = keys.entry(key);
      const lifetime = lifetimeOf(entryOptions, settings.lifetime);
      const tags = allTags(entryOptions.tags);
      const versions = tags.length === 0 ? [] : await store.openTags(tags);
      if (versions === null) return false;
      const packed = pack(key, value, lifetime, { loadMs: 0, versions });
      if (packed === null) return false;
      const stored = await store.put(key, packed.text, packed.lastsMs);
      memory?.forget([entryKey], []);
      return stored;
    },
  };
}
