import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Bucket } from "../../../lib/counters/index.ts";
import { createClock } from "../../support/cache.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";
import { openCounters } from "./open.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

const MS: Record<Bucket, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const values = (points: readonly { value: number }[]) => points.map(({ value }) => value);

describe("a series", () => {
  test.each([
    ["minute", "2026-11-01T23:59:59.999Z", "2026-11-02T00:00:00.000Z", "2026-11-01T23:59:00.000Z"],
    ["hour", "2026-10-31T23:59:59.999Z", "2026-11-01T00:00:00.000Z", "2026-10-31T23:00:00.000Z"],
    ["day", "2026-12-31T23:59:59.999Z", "2027-01-01T00:00:00.000Z", "2026-12-31T00:00:00.000Z"],
  ] as const)(
    "by the %s: a millisecond decides which side of the border in UTC",
    async (bucket, before, after, start) => {
      const clock = createClock(Date.parse(before));
      const counters = openCounters(target, { now: clock.now });
      await counters.increment(`border:${bucket}`, 2);
      clock.advance(0.001);
      expect(new Date(clock.now()).toISOString()).toBe(after);
      await counters.increment(`border:${bucket}`, 3);
      expect(await counters.series(`border:${bucket}`, bucket, 3)).toEqual([
        { at: new Date(Date.parse(start) - MS[bucket]), value: 0 },
        { at: new Date(start), value: 2 },
        { at: new Date(after), value: 3 },
      ]);
    },
  );

  test("of a counter nobody knows is zeros, 24 where no number is asked for", async () => {
    const points = await openCounters(target).series("never", "hour");
    expect(values(points)).toEqual(Array.from({ length: 24 }, () => 0));
  });

  test.each([
    ["minute", 1_440],
    ["hour", 744],
    ["day", 366],
  ] as const)(
    "by the %s: the last %i are kept, and what was before is not shown as new",
    async (bucket, kept) => {
      const clock = createClock(Date.UTC(2026, 10, 1));
      const counters = openCounters(target, { now: clock.now });
      const name = `ring:${bucket}`;
      await counters.increment(name, 7);
      clock.advance(((kept - 1) * MS[bucket]) / 1_000);
      expect((await counters.series(name, bucket, kept))[0]?.value).toBe(7);
      clock.advance(MS[bucket] / 1_000);
      expect(values(await counters.series(name, bucket, kept))).toEqual(
        Array.from({ length: kept }, () => 0),
      );
      await counters.increment(name, 1);
      expect((await counters.series(name, bucket, kept)).at(-1)?.value).toBe(1);
      await expect(counters.series(name, bucket, kept + 1)).rejects.toThrow(
        `last must be an integer from 1 to ${kept}`,
      );
    },
  );

  test("an isolate whose clock is a ring behind does not overwrite the bucket that took its place", async () => {
    const at = Date.UTC(2026, 10, 3);
    const right = openCounters(target, { now: () => at });
    await right.increment("skew", 5);
    await openCounters(target, { now: () => at - 86_400_000 }).increment("skew", 9);
    expect(values(await right.series("skew", "minute", 1))).toEqual([5]);
    expect(await right.get("skew")).toBe(14);
  });

  test.each([0, -1, 1.5, Number.NaN])("the last %s are none", async (last) => {
    await expect(openCounters(target).series("x", "day", last)).rejects.toThrow(RangeError);
  });

  test("that is not kept says so", async () => {
    const counters = openCounters(target, { series: ["day"] });
    await counters.increment("plain", 4);
    expect(values(await counters.series("plain", "day", 1))).toEqual([4]);
    await expect(counters.series("plain", "hour")).rejects.toThrow("no series by the hour is kept");
    await openCounters(target, { series: [] }).increment("bare", 1);
    const [exists] = await target.engine.pipeline([
      [Buffer.from("EXISTS"), Buffer.from(`${target.prefix}:counter:{bare}:series`)],
    ]);
    expect(exists).toBe(0);
  });

  test("expires when nobody has counted for longer than its days are kept", async () => {
    await openCounters(target).increment("idle");
    const [ttl] = await target.engine.pipeline([
      [Buffer.from("TTL"), Buffer.from(`${target.prefix}:counter:{idle}:series`)],
    ]);
    expect(Number(ttl)).toBeGreaterThan(366 * 86_400);
    expect(Number(ttl)).toBeLessThanOrEqual(367 * 86_400);
  });
});

test("any increments at any times are the total, and each kind of bucket is what fell into it", async () => {
  let round = 0;
  const step = fc.record({
    by: fc.oneof(fc.integer({ min: -100, max: 100 }), fc.maxSafeInteger()),
    seconds: fc.oneof(fc.nat(90), fc.nat(7_200), fc.nat(200_000)),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      round += 1;
      const name = `model:${round}`;
      const clock = createClock(Date.UTC(2026, 9, 31, 22, 58, 30));
      const counters = openCounters(target, { now: clock.now });
      let total = 0;
      const sums = new Map<string, number>();
      for (const { by, seconds } of steps) {
        clock.advance(seconds);
        const buckets = (Object.keys(MS) as Bucket[]).map(
          (bucket) => `${bucket} ${Math.floor(clock.now() / MS[bucket]) * MS[bucket]}`,
        );
        const fits = [total, ...buckets.map((bucket) => sums.get(bucket) ?? 0)].every((sum) =>
          Number.isSafeInteger(sum + by),
        );
        if (fits) {
          total += by;
          for (const bucket of buckets) sums.set(bucket, (sums.get(bucket) ?? 0) + by);
        }
        expect(await counters.increment(name, by)).toEqual(
          fits
            ? { kind: "counted", value: total, repeated: false }
            : { kind: "out-of-range", repeated: false },
        );
      }
      for (const bucket of Object.keys(MS) as Bucket[]) {
        for (const { at, value } of await counters.series(name, bucket, 366)) {
          expect(value).toBe(sums.get(`${bucket} ${at.getTime()}`) ?? 0);
        }
      }
    }),
    { numRuns: 30 },
  );
});
