// @epic-web/cachified: its three-method cache over the client, which serializes by itself.

import { cachified, totalTtl, type Cache, type CacheEntry } from "@epic-web/cachified";
import type { Gateway } from "../harness/gateway-client.ts";
import { openUpstash, type Redis } from "../harness/upstash.ts";
import { createBehind } from "./behind.ts";
import { TTL_SECONDS, type Contender } from "./contender.ts";

/** As its README's adapters: an entry ends in the store when its metadata says so. */
function createAdapter(redis: Redis): Cache {
  return {
    name: "Upstash",
    get: (key) => redis.get<CacheEntry>(key),
    set: (key, entry) => redis.set(key, entry, { px: totalTtl(entry.metadata) }),
    delete: (key) => redis.del(key),
  };
}

export const createCachified = (gateway: Gateway): Contender => ({
  name: "cachified",
  hasTags: false,
  tier: null,
  open() {
    const cache = createAdapter(openUpstash(gateway));
    const { waitUntil, settled } = createBehind();
    return {
      load: (key, getFreshValue) =>
        cachified({ key, cache, getFreshValue, ttl: TTL_SECONDS * 1_000, waitUntil }),
      // "In case we need to fully purge the value, we delete the key directly from our cache."
      remove: async (key) => cache.delete(key),
      settled,
    };
  },
});
