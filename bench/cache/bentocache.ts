// bentocache: a driver of its own over the client, as its documentation has it for stores it does not know.

import { BentoCache, bentostore } from "bentocache";
import { BaseDriver } from "bentocache/drivers/base_driver";
import { memoryDriver } from "bentocache/drivers/memory";
import type { CreateDriverResult, DriverCommonOptions, L2CacheDriver } from "bentocache/types";
import type { Gateway } from "../harness/gateway-client.ts";
import { openUpstash, type Redis } from "../harness/upstash.ts";
import { TTL_SECONDS, type Contender, type Product } from "./contender.ts";

/** Does what its own driver for ioredis does. */
class UpstashDriver extends BaseDriver implements L2CacheDriver {
  readonly type = "l2";
  readonly #redis: Redis;

  constructor(config: DriverCommonOptions, redis: Redis) {
    super(config);
    this.#redis = redis;
  }

  namespace(namespace: string): UpstashDriver {
    return new UpstashDriver({ ...this.config, prefix: this.createNamespacePrefix(namespace) }, this.#redis);
  }

  async get(key: string): Promise<string | undefined> {
    return (await this.#redis.get<string>(this.getItemKey(key))) ?? undefined;
  }

  async pull(key: string): Promise<string | undefined> {
    return (await this.#redis.getdel<string>(this.getItemKey(key))) ?? undefined;
  }

  async set(key: string, value: string, ttl?: number): Promise<boolean> {
    return (await this.#redis.set(this.getItemKey(key), value, ttl ? { px: ttl } : {})) === "OK";
  }

  async delete(key: string): Promise<boolean> {
    return (await this.#redis.unlink(this.getItemKey(key))) > 0;
  }

  async deleteMany(keys: string[]): Promise<boolean> {
    if (keys.length > 0) await this.#redis.unlink(...keys.map((key) => this.getItemKey(key)));
    return true;
  }

  clear(): Promise<void> {
    return Promise.reject(new Error("Nothing here clears a cache."));
  }

  async disconnect(): Promise<void> {}
}

const upstashDriver = (redis: Redis): CreateDriverResult<L2CacheDriver> => ({
  options: {},
  factory: (config: DriverCommonOptions) => new UpstashDriver(config, redis),
});

export const createBentocache = (gateway: Gateway): Contender => ({
  name: "bentocache",
  hasTags: true,
  tier: "L1 and L2",
  open({ isTiered }) {
    // It serializes by itself.
    const l2 = upstashDriver(openUpstash(gateway, { automaticDeserialization: false }));
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
