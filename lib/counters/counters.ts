// Counters: exact, counted once, with their series and their visitors.

import { sha256Hex } from "../digest.ts";
import { BUCKETS, fieldOf, indexAt, sumIn } from "./buckets.ts";
import { createCounterKeys } from "./keys.ts";
import { INCREMENT, INCREMENT_ONCE } from "./scripts.ts";
import type { Bucket, Counters, CountersOptions, Increment } from "./types.ts";

const SHORTEST_FIRST: readonly Bucket[] = ["minute", "hour", "day"];

const OUT_OF_RANGE = "out-of-range";

type Reply = ["counted", number] | ["repeated", string] | [typeof OUT_OF_RANGE] | ["other-request"];

function answerOf([kind, value]: Reply): Increment {
  if (kind === "other-request") return { kind };
  const repeated = kind === "repeated";
  if (kind === OUT_OF_RANGE || value === OUT_OF_RANGE) return { kind: OUT_OF_RANGE, repeated };
  return { kind: "counted", value: Number(value), repeated };
}

/**
 * Counters in Redis: one key for the value, one for all series, one for visitors, and one for each idempotency key.
 *
 * Make one per request, from that request's `redis`: it is cheap.
 *
 * @throws InvalidNameError for a prefix that is none
 */
export function createCounters({
  redis,
  prefix = "sedge",
  series = SHORTEST_FIRST,
  now = Date.now,
}: CountersOptions): Counters {
  const kept = SHORTEST_FIRST.filter((bucket) => series.includes(bucket));
  // Set when the longest kind opens a bucket, so it must outlast that bucket and the ring behind it.
  const seriesMs = Math.max(0, ...kept.map((bucket) => BUCKETS[bucket].ms * (BUCKETS[bucket].kept + 1)));

  const keys = createCounterKeys(prefix);

  async function getMany(names: readonly string[]): Promise<number[]> {
    if (names.length === 0) return [];
    const texts = await redis.send<(string | null)[]>((pipeline) => pipeline.mget(...names.map(keys.total)));
    return texts.map(Number);
  }

  return {
    getMany,

    async increment(name, by = 1, { idempotencyKey, request = String(by) } = {}) {
      if (!Number.isSafeInteger(by)) throw new RangeError("by must be a safe integer");
      const at = now();
      const buckets = kept.flatMap((bucket) => {
        const index = indexAt(bucket, at);
        return [fieldOf(bucket, index), index];
      });
      const counter = [keys.total(name), keys.series(name)];
      const args = [by, seriesMs, kept.length, ...buckets];
      if (idempotencyKey === undefined) return answerOf(await redis.run<Reply>(INCREMENT, counter, args));

      const used = keys.used(name, await sha256Hex(idempotencyKey));
      return answerOf(await redis.run<Reply>(INCREMENT_ONCE, [...counter, used], [...args, request]));
    },

    async get(name) {
      const [value = 0] = await getMany([name]);
      return value;
    },

    async series(name, bucket, last = 24) {
      const { ms, kept: most } = BUCKETS[bucket];
      if (!kept.includes(bucket)) throw new RangeError(`no series by the ${bucket} is kept`);
      if (!Number.isInteger(last) || last < 1 || last > most) {
        throw new RangeError(`last must be an integer from 1 to ${most}`);
      }
      const newest = indexAt(bucket, now());
      const indexes = Array.from({ length: last }, (_, i) => newest - last + 1 + i);
      const fields = indexes.map((index) => fieldOf(bucket, index));
      const texts = await redis.send<(string | null)[]>((pipeline) =>
        pipeline.hmget(keys.series(name), ...fields),
      );
      return indexes.map((index, i) => ({ at: new Date(index * ms), value: sumIn(texts[i] ?? null, index) }));
    },

    async visit(name, visitor) {
      const key = keys.visitors(name);
      const [, unique] = await Promise.all([
        redis.send((pipeline) => pipeline.pfadd(key, visitor)),
        redis.send<number>((pipeline) => pipeline.pfcount(key)),
      ]);
      return unique;
    },

    async visitors(name) {
      return redis.send<number>((pipeline) => pipeline.pfcount(keys.visitors(name)));
    },

    async delete(name) {
      await redis.send((pipeline) =>
        pipeline.unlink(keys.total(name), keys.series(name), keys.visitors(name)),
      );
    },
  };
}
