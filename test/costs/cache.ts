// What each operation of the cache costs at most, as its documentation states it.

import type { Cache } from "../../lib/cache/index.ts";
import type { CostRow } from "../support/costs.ts";

const tags = (n: number) => Array.from({ length: n }, (_, i) => `tag:${i}`);
const value = async () => ({ id: 1 });

export const CACHE_COSTS: readonly CostRow<Cache, unknown, { namespace: string }>[] = [
  {
    operation: "`load`, hit",
    trips: 1,
    commands: 1,
    before: (cache) => cache.load("k", value),
    run: (cache) => cache.load("k", value),
  },
  {
    operation: "`load`, hit under 10 tags",
    trips: 1,
    commands: 1,
    before: (cache) => cache.load("k", value, { tags: tags(10) }),
    run: (cache) => cache.load("k", value, { tags: tags(10) }),
  },
  {
    operation: "`load`, miss",
    trips: 3,
    commands: 10,
    run: (cache) => cache.load("k", value),
  },
  {
    operation: "`load`, miss under 3 tags in use",
    trips: 3,
    commands: 10,
    before: (cache) => cache.load("other", value, { tags: tags(3) }),
    run: (cache) => cache.load("k", value, { tags: tags(3) }),
  },
  {
    operation: "`load`, miss under 3 tags just invalidated",
    trips: 3,
    commands: 22,
    run: (cache) => cache.load("k", value, { tags: tags(3) }),
  },
  {
    operation: "`get`",
    trips: 1,
    commands: 1,
    run: (cache) => cache.get("k", { tags: tags(3) }),
  },
  {
    operation: "`getMany`, 100 keys",
    trips: 1,
    commands: 1,
    run: (cache) => cache.getMany(Array.from({ length: 100 }, (_, i) => `k:${i}`)),
  },
  {
    operation: "`set`",
    trips: 1,
    commands: 4,
    run: (cache) => cache.set("k", 1),
  },
  {
    operation: "`set` under 2 tags",
    trips: 2,
    commands: 12,
    run: (cache) => cache.set("k", 1, { tags: tags(2) }),
  },
  {
    operation: "`delete`, 10 keys",
    trips: 1,
    commands: 2,
    run: (cache) => cache.delete(...Array.from({ length: 10 }, (_, i) => `k:${i}`)),
  },
  {
    operation: "`invalidateTags`, 10 tags, any number of entries",
    trips: 1,
    commands: 1,
    run: (cache) => cache.invalidateTags(...tags(10)),
  },
  {
    operation: "`clear`, any number of entries",
    trips: 1,
    commands: 1,
    options: { namespace: "shop" },
    run: (cache) => cache.clear(),
  },
  {
    operation: "`write` of 1 key and 2 tags",
    trips: 2,
    commands: 24,
    run: (cache) => cache.write({ keys: ["k"], tags: tags(2) }, async () => undefined),
  },
];
