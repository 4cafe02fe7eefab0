// Writes to the origin, with what they change taken out of the cache around them.

import { randomId } from "../random.ts";
import { BEGIN_WRITE, END_WRITE } from "./scripts.ts";
import type { CacheSettings } from "./settings.ts";
import type { Cache } from "./types.ts";

export function createWrite({
  redis,
  keys,
  memory,
  writeMs,
  now,
  on,
  behind,
}: CacheSettings): Cache["write"] {
  return async function write({ keys: names = [], tags = [] }, change) {
    const writer = randomId();
    const entryKeys = names.map(keys.entry);
    const tagKeys = tags.map(keys.tag);
    // For each: what to take out, and last the mark.
    const affected = [
      ...names.map((name) => [keys.entry(name), keys.lease(name), keys.mark(name)]),
      ...tags.map((tag) => [keys.tag(tag), keys.tagMark(tag)]),
    ];

    const begin = () =>
      Promise.all(affected.map((group) => redis.run(BEGIN_WRITE, group, [writer, now(), writeMs])));

    async function end(): Promise<void> {
      memory?.forget(entryKeys, tagKeys);
      try {
        await Promise.all(affected.map((group) => redis.run(END_WRITE, group, [writer])));
      } catch (error) {
        // Reads bypass until the mark ends by itself.
        on({ type: "redis-unavailable", during: "write", error });
      }
    }

    try {
      await begin();
    } catch (error) {
      // It may have come to pass all the same: then nobody shall have to wait for its end.
      behind(end());
      throw error;
    }
    try {
      return await change();
    } finally {
      await end();
    }
  };
}
