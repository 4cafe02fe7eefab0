// Sedge as its README has it: one connection per isolate, a client and a cache of it per request.

import { createCache, createCacheMemory } from "../../lib/cache/index.ts";
import { createConnection } from "../../lib/redis/index.ts";
import type { Gateway } from "../harness/gateway-client.ts";
import { createBehind } from "./behind.ts";
import { IN_PROCESS_SECONDS, TTL_SECONDS, type Contender, type Product } from "./contender.ts";

export const createSedge = ({ url, token }: Gateway): Contender => ({
  name: "Sedge",
  hasTags: true,
  tier: "`createCacheMemory`",
  open({ isTiered }) {
    // As patient as the peers' clients are: fifty isolates in one process are slow, and no fault is what this is about.
    const connection = createConnection({ url, token, timeoutMs: 10_000 });
    const memory = isTiered ? { memory: createCacheMemory({ ttlSeconds: IN_PROCESS_SECONDS }) } : {};
    const { waitUntil, settled } = createBehind();
    const open = () =>
      createCache({ redis: connection.open(), ttlSeconds: TTL_SECONDS, waitUntil, ...memory });
    return {
      load: async (key, loader, tags) => (await open().load<Product>(key, loader, { tags })).value,
      remove: (key) => open().delete(key),
      invalidateTags: (tags) => open().invalidateTags(...tags),
      settled,
    };
  },
});
