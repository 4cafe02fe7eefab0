import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLeases, type Policy } from "../../../lib/ratelimit/index.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";
import { ALGORITHMS, openLeasing, openLimiter, policyOf } from "./support.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

/** What passed, and when. */
interface Pass {
  at: number;
  cost: number;
}

const WINDOW_SECONDS = 60;
const WINDOW_MS = WINDOW_SECONDS * 1_000;
/** Thousands of checks, one after the other. */
const TIMEOUT_MS = 60_000;
const START = WINDOW_MS * 30_000_000;

const sum = (passes: readonly Pass[]) => passes.reduce((total, { cost }) => total + cost, 0);
const since = (passes: readonly Pass[], after: number) => sum(passes.filter(({ at }) => at > after));

/** What `tokens` in whole units a bucket has lost, by the textbook: filled evenly, spent at once. */
function bucketLevel(passes: readonly Pass[], limit: number, now: number): number {
  let level = limit * WINDOW_MS;
  let last = START;
  for (const { at, cost } of passes) {
    level = Math.min(limit * WINDOW_MS, level + (at - last) * limit) - cost * WINDOW_MS;
    last = at;
  }
  return Math.min(limit * WINDOW_MS, level + (now - last) * limit) / WINDOW_MS;
}

/** The least and the most that may be left, by what the documentation promises. */
function expectedRoom({ algorithm, limit }: Policy, passes: readonly Pass[], now: number): [number, number] {
  if (algorithm === "token-bucket") {
    const level = Math.floor(bucketLevel(passes, limit, now));
    return [level, level];
  }
  if (algorithm === "fixed") {
    const left = limit - since(passes, now - (now % WINDOW_MS) - 1);
    return [left, left];
  }
  return [limit - since(passes, now - (WINDOW_MS * 61) / 60), limit - since(passes, now - WINDOW_MS)];
}

/** The most that ever passed beyond what the algorithm allows; never above 0. */
function excess({ algorithm, limit }: Policy, passes: readonly Pass[]): number {
  return Math.max(
    ...passes.map(({ at }, i) => {
      if (algorithm === "fixed") {
        const window = passes.filter(
          (other) => Math.floor(other.at / WINDOW_MS) === Math.floor(at / WINDOW_MS),
        );
        return sum(window) - limit;
      }
      // Any stretch of time is no worse than one that begins with a pass.
      const later = passes.slice(i);
      if (algorithm === "sliding") return sum(later.filter((other) => other.at < at + WINDOW_MS)) - limit;
      return Math.max(
        ...later.map((end) => {
          const passed = sum(later.filter((other) => other.at <= end.at));
          return passed - limit - (limit * (end.at - at)) / WINDOW_MS;
        }),
      );
    }),
    0,
  );
}

const pause = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 1, max: 999 }),
  fc.integer({ min: 1_000, max: 2_500 }),
  fc.integer({ min: 3_000, max: 90_000 }),
  fc.integer({ min: WINDOW_MS - 2_100, max: WINDOW_MS + 2_100 }),
);

test.each(ALGORITHMS)(
  "%s: every answer is the one a plain model gives, and never more passes than it allows",
  async (algorithm) => {
    const steps = fc.array(fc.tuple(pause, fc.integer({ min: 0, max: 8 })), { minLength: 5, maxLength: 40 });
    const limits = fc.integer({ min: 1, max: 20 });
    await fc.assert(
      fc.asyncProperty(limits, steps, async (most, plan) => {
        let now = START;
        const { limiter } = openLimiter(target, { redisNow: () => now });
        const policy = policyOf({ algorithm, limit: most, windowSeconds: WINDOW_SECONDS });
        const passes: Pass[] = [];
        for (const [wait, cost] of plan) {
          now += wait;
          const [least, room] = expectedRoom(policy, passes, now);
          const { success, limits: told } = await limiter.check([{ policy, identifier: "ada", cost }]);
          const needed = Math.max(cost, 1);
          // Between the two either is right.
          expect([needed <= least, success]).not.toEqual([true, false]);
          expect([needed > room, success]).not.toEqual([true, true]);
          const remaining = (told[0]?.remaining ?? -1) + (success ? cost : 0);
          expect(remaining).toBeGreaterThanOrEqual(Math.max(0, least));
          expect(remaining).toBeLessThanOrEqual(room);
          if (success) passes.push({ at: now, cost });
        }
        expect(excess(policy, passes)).toBe(0);
      }),
      { numRuns: 25 },
    );
  },
  TIMEOUT_MS,
);

test.each(ALGORITHMS)(
  "%s: isolates that hold permits in advance never let more than the limit through together",
  async (algorithm) => {
    const step = fc.record({
      wait: pause,
      isolate: fc.integer({ min: 0, max: 3 }),
      calls: fc.integer({ min: 1, max: 30 }),
      cost: fc.constantFrom(1, 1, 1, 3),
    });
    const limits = fc.integer({ min: 4, max: 60 });
    await fc.assert(
      fc.asyncProperty(limits, fc.array(step, { minLength: 10, maxLength: 30 }), async (most, plan) => {
        let now = START;
        // The isolates' clocks differ; each only measures how long it has held what it has.
        const isolates = [0, 1, -7_000, 86_400_000].map((skew) => {
          const leases = createLeases();
          return () => openLimiter(target, { leases, now: () => now + skew, redisNow: () => now }).limiter;
        });
        const permits = Math.ceil(most / 2);
        const policy = policyOf({
          algorithm,
          limit: most,
          windowSeconds: WINDOW_SECONDS,
          lease: { permits },
        });
        const passes: Pass[] = [];
        for (const { wait, isolate, calls, cost } of plan) {
          now += wait;
          const limiter = isolates[isolate]?.() ?? openLeasing(target, () => now).limiter;
          const check = () => limiter.check([{ policy, identifier: "ada", cost }]);
          const decisions = await Promise.all(Array.from({ length: calls }, check));
          for (const { success } of decisions) if (success) passes.push({ at: now, cost });
        }
        expect(excess(policy, passes)).toBe(0);
      }),
      { numRuns: 25 },
    );
  },
  TIMEOUT_MS,
);
