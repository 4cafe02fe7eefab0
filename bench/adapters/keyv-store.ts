// Keyv's store over @upstash/redis. Does what Keyv's own adapter for Redis does: many keys are one MGET, or one pipeline.

import type { Redis } from "@upstash/redis/cloudflare";
import type { KeyvStoreAdapter, StoredData } from "keyv";

/** @param redis with `automaticDeserialization: false`: Keyv serializes by itself */
export function keyvStore(redis: Redis): KeyvStoreAdapter {
  const set = (key: string, value: string, ttl?: number): Promise<unknown> =>
    redis.set(key, value, ttl === undefined ? {} : { px: ttl });
  const store: KeyvStoreAdapter = {
    opts: {},
    on: () => store,
    get: async <T>(key: string) => (await redis.get<StoredData<T>>(key)) ?? undefined,
    async getMany<T>(keys: string[]) {
      const found = await redis.mget<(StoredData<T> | null)[]>(...keys);
      return found.map((text) => text ?? undefined);
    },
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
