// Counters: exact, counted once, with their series and their visitors.

import { sha256Hex } from "../digest.ts";
import { BUCKETS, fieldOf, indexAt, sumIn } from "./buckets.ts";
import { createCounterKeys } from "./keys.ts";
import { INCREMENT, INCREMENT_ONCE } from "./scripts.ts";
import type { Bucket, Counters, CountersOptions, Increment } from "./types.ts";

const DAY_MS = BUCKETS.day.ms;
/** How far the clocks of two isolates may be apart at a day's border for a repeat to be known as one. */
const SKEW_MS = 60_000;
const SHORTEST_FIRST: readonly Bucket[] = ["minute", "hour", "day"];

type Reply = ["counted" | "repeated", number | string] | ["out-of-range"];

function answerOf([kind, value]: Reply): Increment {
  if (kind === "out-of-range") return { kind };
  return { kind: "counted", value: Number(value), repeated: kind === "repeated" };
}

/**
 * Counters in Redis: one key for the value, one for all series, one for visitors, so that deleting one leaves nothing.
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

    async increment(name, by = 1, { idempotencyKey } = {}) {
      if (!Number.isSafeInteger(by)) throw new RangeError("by must be a safe integer");
      const at = now();
      const buckets = kept.flatMap((bucket) => {
        const index = indexAt(bucket, at);
        return [fieldOf(bucket, index), index];
      });
      const counter = [keys.total(name), keys.series(name)];
      const args = [by, seriesMs, kept.length, ...buckets];
      if (idempotencyKey === undefined) return answerOf(await redis.run<Reply>(INCREMENT, counter, args));

      const id = await sha256Hex(idempotencyKey);
      const day = indexAt("day", at);
      const days = at + SKEW_MS < (day + 1) * DAY_MS ? [day, day - 1] : [day, day - 1, day + 1];
      const used = days.map((each) => keys.used(name, each));
      return answerOf(
        await redis.run<Reply>(
          INCREMENT_ONCE,
          [...counter, ...used],
          [...args, id, at, (day + 2) * DAY_MS - at],
        ),
      );
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
      const day = indexAt("day", now());
      const used = [day - 1, day, day + 1].map((each) => keys.used(name, each));
      await redis.send((pipeline) =>
        pipeline.unlink(keys.total(name), keys.series(name), keys.visitors(name), ...used),
      );
    },
  };
}
