// cacheable: a Keyv store over the client.

import { Cacheable, createKeyv } from "cacheable";
import { Keyv, type KeyvStoreAdapter, type StoredData } from "keyv";
import type { Gateway } from "../harness/gateway-client.ts";
import { openUpstash, type Redis } from "../harness/upstash.ts";
import { IN_PROCESS_SECONDS, TTL_SECONDS, type Contender, type Loader, type Product } from "./contender.ts";

/** Does what Keyv's own adapter for Redis does: many keys are one MGET, or one pipeline. */
function createStore(redis: Redis): KeyvStoreAdapter {
  const set = (key: string, value: string, ttl?: number): Promise<unknown> =>
    redis.set(key, value, ttl === undefined ? {} : { px: ttl });
  const store: KeyvStoreAdapter = {
    opts: {},
    on: () => store,
    get: async <T>(key: string) => (await redis.get<StoredData<T>>(key)) ?? undefined,
    getMany: <T>(keys: string[]) => redis.mget<StoredData<T | undefined>[]>(...keys),
    set,
    setMany: async (entries) => {
      await Promise.all(entries.map(({ key, value, ttl }) => set(key, value as string, ttl)));
    },
    delete: async (key) => (await redis.unlink(key)) > 0,
    deleteMany: async (keys) => (await redis.unlink(...keys)) > 0,
    clear: () => Promise.reject(new Error("Nothing here clears a cache.")),
  };
  return store;
}

export const createCacheable = (gateway: Gateway): Contender => ({
  name: "cacheable",
  hasTags: true,
  tier: "primary and secondary",
  open({ isTagged, isTiered }) {
    // Keyv serializes by itself.
    const store = createStore(openUpstash(gateway, { automaticDeserialization: false }));
    const remote = new Keyv({ store, ttl: TTL_SECONDS * 1_000 });
    const stores = isTiered
      ? { primary: createKeyv({ ttl: IN_PROCESS_SECONDS * 1_000, lruSize: 500 }), secondary: remote }
      : { primary: remote };
    const cache = new Cacheable({ ...stores, tags: isTagged });

    /** As documented for tags: `getOrSet` takes none. */
    async function loadTagged(key: string, loader: Loader, tags: readonly string[]): Promise<Product> {
      const found = await cache.get<Product>(key);
      if (found !== undefined) return found;
      const value = await loader();
      await cache.set(key, value, { tags: [...tags] });
      return value;
    }

    return {
      load: (key, loader, tags) =>
        isTagged ? loadTagged(key, loader, tags) : cache.getOrSet(key, loader, { throwErrors: true }),
      remove: (key) => cache.delete(key),
      invalidateTags: (tags) => cache.tags.invalidateTags([...tags]),
      settled: () => Promise.resolve(),
    };
  },
});
