// Entries of a cache, all of one size under the same three tags.

import { createCache } from "../../lib/cache/index.ts";
import { createCacheKeys } from "../../lib/cache/keys.ts";
import type { Bench } from "../harness/bench.ts";
import { fillBySteps, opener, requireSame, type Subject } from "./subject.ts";

const VALUE = { id: 7, name: "chair", price: 129.5, tags: ["oak", "kitchen"] };
const TTL_SECONDS = 3_600;

const tagsOf = (size: number): string[] => ["a", "b", "c"].map((tag) => `${tag}${size}`);
const keyOf = (size: number, i: number): string => `${size}:${i % size}`;

/**
 * An entry again and again, under each key as if it were its own.
 *
 *   KEYS[1] the entry  ARGV[1], ARGV[2] numbers, from and before  ARGV[3], ARGV[4] what stands around the number in a key
 */
const FILL = `
local entry, ms = redis.call('GET', KEYS[1]), redis.call('PTTL', KEYS[1])
for i = ARGV[1], ARGV[2] - 1 do redis.call('SET', ARGV[3] .. string.format('%.0f', i) .. ARGV[4], entry, 'PX', ms) end
`;

export function cache(bench: Bench): Subject {
  const open = opener(bench);
  const entries = () =>
    createCache({
      redis: open(),
      ttlSeconds: TTL_SECONDS,
      waitUntil: (work) => void work.catch(() => undefined),
    });
  const { entry } = createCacheKeys("sedge", undefined);
  const load = (size: number, i: number) =>
    entries().load(keyOf(size, i), async () => VALUE, { tags: tagsOf(size) });

  async function hit(size: number, i: number): Promise<void> {
    const { value } = await entries().load<unknown>(
      keyOf(size, i),
      () => Promise.reject(new Error("A miss.")),
      {
        tags: tagsOf(size),
      },
    );
    requireSame(keyOf(size, i), value, VALUE);
  }

  return {
    elements: "entries",

    async fill(size) {
      await load(size, 0);
      const [before = "", after = ""] = entry(`${size}:~`).split("~");
      await fillBySteps(bench, size, { lua: FILL, keys: [entry(keyOf(size, 0))], args: [before, after] });
      for (const at of [0, size - 1]) await hit(size, at);
    },

    operations: [
      { title: "cache: hit with 3 tags", run: (size, i) => hit(size, i * 7_919) },
      {
        title: "cache: invalidation of a tag",
        // An entry is loaded anew, so that the tag has a version to lose.
        prepare: (size) => load(size, 0),
        run: (size) => entries().invalidateTags(...tagsOf(size).slice(0, 1)),
      },
    ],
  };
}
