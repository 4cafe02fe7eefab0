// bentocache: a driver of its own over the client, as its documentation has it for stores it does not know.

import { BentoCache, bentostore } from "bentocache";
import { memoryDriver } from "bentocache/drivers/memory";
import { bentoDriver } from "../adapters/bento-driver.ts";
import type { Gateway } from "../harness/gateway-client.ts";
import { openUpstash } from "../harness/upstash.ts";
import { TTL_SECONDS, type Contender, type Product } from "./contender.ts";

export const createBentocache = (gateway: Gateway): Contender => ({
  name: "bentocache",
  hasTags: true,
  tier: "L1 and L2",
  open({ isTiered }) {
    // It serializes by itself.
    const l2 = bentoDriver(openUpstash(gateway, { automaticDeserialization: false }));
    // Its L1 with `serialize: false`, which is faster, throws on what it has taken over from L2: so not that.
    const store = isTiered ? bentostore().useL1Layer(memoryDriver({ maxItems: 500 })) : bentostore();
    const bento = new BentoCache({
      default: "products",
      ttl: TTL_SECONDS * 1_000,
      stores: { products: store.useL2Layer(l2) },
    });
    return {
      load: (key, factory, tags) => bento.getOrSet<Product>({ key, factory, tags: [...tags] }),
      remove: (key) => bento.delete({ key }),
      invalidateTags: (tags) => bento.deleteByTag({ tags: [...tags] }),
      settled: () => Promise.resolve(),
    };
  },
});
