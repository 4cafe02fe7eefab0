// The cache: reads, writes to the origin in its brackets, and invalidations behind a change.

import { createCache } from "../../../lib/cache/index.ts";
import { countEach, TRIP_MS, type Label, type Pattern, type Stage } from "../types.ts";

const KEYS = 10;
/** Behind a loader that was cut off, a reader waits so long and asks the origin itself. */
const WAIT_MS = 3_000;

interface Change {
  readonly key: string;
  readonly version: number;
  readonly acknowledged: number;
}

const keyOf = (kind: string, label: Label): string => `${kind}${label % KEYS}`;

/** An acknowledged change is there when no read that begins after it sees an earlier state of the origin. */
export function cachePattern({ isolate, patient, prefix, now }: Stage): Pattern {
  const origin = new Map<string, number>();
  const reads: { readonly key: string; readonly version: number; readonly begun: number }[] = [];
  const changes = new Map<Label, Change>();
  const [reader, writer, invalidator] = [isolate(), isolate(), isolate()];

  const bump = (key: string): number => {
    const version = (origin.get(key) ?? 0) + 1;
    origin.set(key, version);
    return version;
  };

  async function read(key: string, redis = reader.open()): Promise<boolean> {
    const begun = now();
    const cache = createCache({ redis, prefix, waitMs: WAIT_MS });
    const { value, status } = await cache.load(key, async () => origin.get(key) ?? 0);
    reads.push({ key, version: value, begun });
    return status.kind !== "bypass" || status.because !== "redis-unavailable";
  }

  const counts = async (labels: readonly Label[]): Promise<Map<Label, number>> =>
    countEach(labels, async (label) => {
      const change = changes.get(label);
      if (change === undefined) return 0;
      const stale = reads.some(
        ({ key, version, begun }) =>
          key === change.key && begun > change.acknowledged && version < change.version,
      );
      return stale ? 0 : 1;
    });

  return {
    operations: [
      {
        name: "cache: read",
        boundMs: WAIT_MS + 4 * TRIP_MS,
        run: async (label) =>
          (await read(keyOf(label % 2 === 0 ? "write" : "invalidate", label >> 1)))
            ? "acknowledged"
            : "fell through",
      },
      {
        name: "cache: write",
        boundMs: 2 * TRIP_MS,
        run: async (label) => {
          const key = keyOf("write", label);
          const cache = createCache({ redis: writer.open(), prefix });
          const version = await cache.write({ keys: [key] }, async () => bump(key));
          changes.set(label, { key, version, acknowledged: now() });
          return "acknowledged";
        },
      },
      {
        name: "cache: invalidate",
        boundMs: TRIP_MS,
        run: async (label) => {
          const key = keyOf("invalidate", label);
          const version = bump(key);
          await createCache({ redis: invalidator.open(), prefix }).delete(key);
          // Apart from those of writes.
          changes.set(-label - 1, { key, version, acknowledged: now() });
          return "acknowledged";
        },
      },
    ],
    effects: [
      { name: "cache: nothing stale behind a write", of: "cache: write", counts },
      {
        name: "cache: nothing stale behind an invalidation",
        of: "cache: invalidate",
        counts: async (labels) => {
          const found = await counts(labels.map((label) => -label - 1));
          return new Map([...found].map(([label, count]) => [-label - 1, count]));
        },
      },
    ],
    drain: async () => {
      for (const key of origin.keys()) await read(key, patient);
    },
  };
}
