// The request on the peers that are fastest with everything in Redis: @upstash/ratelimit, @hono/session and cacheable.

import { Cacheable } from "cacheable";
import { Keyv } from "keyv";
import { keyvStore } from "../../adapters/keyv-store.ts";
import { createPeersApp } from "./peers/app.ts";
import { readArticle, tagsOf, TTL_SECONDS, type Article } from "./article.ts";

const app = createPeersApp((redis) => {
  // Redis is the only store, so nothing is kept in the isolate.
  const cache = new Cacheable({ primary: new Keyv({ store: keyvStore(redis) }), tags: true });
  return {
    async read(id) {
      const key = `article:${id}`;
      const cached = await cache.get<Article>(key);
      if (cached !== undefined) return cached;
      const article = await readArticle(id);
      await cache.set(key, article, { ttl: TTL_SECONDS * 1_000, tags: tagsOf(id) });
      return article;
    },
    invalidate: async (tag) => void (await cache.tags.invalidateTag(tag)),
  };
});

export default app;
