// cacheable: a Keyv store over the client.

import { Cacheable, createKeyv } from "cacheable";
import { Keyv } from "keyv";
import { keyvStore } from "../adapters/keyv-store.ts";
import type { Gateway } from "../harness/gateway-client.ts";
import { openUpstash } from "../harness/upstash.ts";
import { IN_PROCESS_SECONDS, TTL_SECONDS, type Contender, type Loader, type Product } from "./contender.ts";

export const createCacheable = (gateway: Gateway): Contender => ({
  name: "cacheable",
  hasTags: true,
  tier: "primary and secondary",
  open({ isTagged, isTiered }) {
    // Keyv serializes by itself.
    const store = keyvStore(openUpstash(gateway, { automaticDeserialization: false }));
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
