// Bentocache's second level over @upstash/redis: what its driver for ioredis does, by the same commands.

import type { Redis } from "@upstash/redis/cloudflare";
import { BaseDriver } from "bentocache/drivers/base_driver";
import type { CreateDriverResult, DriverCommonOptions, L2CacheDriver } from "bentocache/types";

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

/** @param redis with `automaticDeserialization: false`: bentocache serializes by itself */
export const bentoDriver = (redis: Redis): CreateDriverResult<L2CacheDriver> => ({
  options: {},
  factory: (config: DriverCommonOptions) => new UpstashDriver(config, redis),
});
