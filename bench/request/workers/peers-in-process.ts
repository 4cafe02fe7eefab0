// The request on the peers that are fastest with a tier in the isolate: @upstash/ratelimit (cachedFixedWindow), @hono/session
// and bentocache.

import { BentoCache, bentostore } from "bentocache";
import { memoryDriver } from "bentocache/drivers/memory";
import { bentoDriver } from "../../adapters/bento-driver.ts";
import { createPeersApp } from "./peers/app.ts";
import { readArticle, tagsOf, TTL_SECONDS } from "./article.ts";

const app = createPeersApp((redis) => {
  const store = bentostore()
    .useL1Layer(memoryDriver({ maxItems: 500 }))
    .useL2Layer(bentoDriver(redis));
  const cache = new BentoCache({ default: "articles", stores: { articles: store } });
  return {
    read: (id) =>
      cache.getOrSet({
        key: `article:${id}`,
        ttl: TTL_SECONDS * 1_000,
        tags: tagsOf(id),
        factory: () => readArticle(id),
      }),
    invalidate: async (tag) => void (await cache.deleteByTag({ tags: [tag] })),
  };
});

export default app;
