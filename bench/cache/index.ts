// The cache: what it costs, and what it lets happen.

import type { Part } from "../harness/bench.ts";
import { nameAndVersion } from "../harness/versions.ts";
import { createBentocache } from "./bentocache.ts";
import { createCacheable } from "./cacheable.ts";
import { createCachified } from "./cachified.ts";
import { hits, misses, removals, taggedHits, tagInvalidations, tieredHits } from "./costs.ts";
import { createOcache } from "./ocache.ts";
import { races } from "./races.ts";
import { createSedge } from "./sedge.ts";
import { stampedes } from "./stampede.ts";

const text = `
${["@epic-web/cachified", "ocache", "bentocache", "cacheable", "keyv"].map(nameAndVersion).join(", ")}, each over
\`@upstash/redis\` (its own pipelining on; telemetry, retries and base64 off, as Sedge has it) by the adapter its documentation asks for: \`bench/cache/\` and
\`bench/adapters/\`. Every entry is fresh for 300 s, and nobody serves stale. Without a tier in the process bentocache has its L2 alone, and cacheable the store
as its primary; cacheable's tags are on where there are tags. Sedge's client and cache are made anew for each request, as in a
Worker; the peers' once an isolate. Each peer runs one load per key at a time within a process; none has a lock that isolates share.`;

export const cache: Part = {
  name: "cache",
  async run(bench) {
    const contenders = [createSedge, createCachified, createOcache, createBentocache, createCacheable].map(
      (create) => create(bench.gateway),
    );
    return {
      title: "Cache",
      text,
      tables: [
        await hits(bench, contenders),
        await taggedHits(bench, contenders),
        ...(await tieredHits(bench, contenders)),
        await misses(bench, contenders),
        await removals(bench, contenders),
        await tagInvalidations(bench, contenders),
        await stampedes(bench, contenders),
        await races(bench, contenders),
      ],
    };
  },
};
