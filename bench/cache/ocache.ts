// ocache: its storage interface over the client, which serializes by itself.

import { composeStorage, createMemoryStorage, defineCachedFunction } from "ocache";
import type { Gateway } from "../harness/gateway-client.ts";
import { openUpstash, type Redis } from "../harness/upstash.ts";
import { createBehind } from "./behind.ts";
import { IN_PROCESS_SECONDS, TTL_SECONDS, type Contender, type Loader } from "./contender.ts";

type Storage = ReturnType<typeof createMemoryStorage>;

function createStorage(redis: Redis): Storage {
  return {
    get: <T>(key: string) => redis.get<T>(key),
    async set(key, value, { ttl } = {}) {
      if (value === null) await redis.del(key);
      else await redis.set(key, value, ttl === undefined ? {} : { ex: ttl });
    },
  };
}

/** An invalidation takes what a call takes, for the key alone. */
const unused: Loader = () => Promise.reject(new Error("An invalidation loads nothing."));

export const createOcache = (gateway: Gateway): Contender => ({
  name: "ocache",
  hasTags: false,
  tier: "`composeStorage`",
  open({ isTiered }) {
    const remote = createStorage(openUpstash(gateway));
    const local = { storage: createMemoryStorage(), ttl: IN_PROCESS_SECONDS };
    const { waitUntil, settled } = createBehind();
    // One cached function an isolate, as documented; the loader comes with the call and is no part of the key.
    const load = defineCachedFunction((_key: string, loader: Loader) => loader(), {
      name: "product",
      getKey: (key) => key,
      maxAge: TTL_SECONDS,
      storage: isTiered ? composeStorage([local, remote]) : remote,
      waitUntil,
    });
    return { load, remove: (key) => load.invalidate(key, unused), settled };
  },
});
