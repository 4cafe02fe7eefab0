// Keyv's store over @upstash/redis.

import type { Redis } from "@upstash/redis/cloudflare";
import type { KeyvStoreAdapter, StoredData } from "keyv";

/** Keyv serializes values itself, so the client is to leave them alone (`automaticDeserialization: false`). */
export function keyvStore(redis: Redis): KeyvStoreAdapter {
  return {
    opts: {},
    get: async (key) => (await redis.get(key)) ?? undefined,
    async getMany<Value>(keys: string[]) {
      const found = await redis.mget<(StoredData<Value> | null)[]>(keys);
      return found.map((text) => text ?? undefined);
    },
    async set(key, value, ttl) {
      await (ttl === undefined ? redis.set(key, value) : redis.set(key, value, { px: ttl }));
    },
    delete: async (key) => (await redis.unlink(key)) > 0,
    clear: async () => void (await redis.flushdb()),
    on() {
      return this;
    },
  };
}
