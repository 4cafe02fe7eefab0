import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createClock } from "../../support/cache.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";
import { ALGORITHMS, openLimiter, policyOf } from "./support.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

const passed = (decisions: readonly { success: boolean }[]) =>
  decisions.filter(({ success }) => success).length;

describe.each(ALGORITHMS)("%s", (algorithm) => {
  test("of 60 calls at once, from 6 isolates, exactly as many pass as the limit says", async () => {
    const { now } = createClock();
    const isolates = Array.from({ length: 6 }, () => openLimiter(target, { redisNow: now }).limiter);
    const limit = { policy: policyOf({ algorithm, limit: 17 }), identifier: "ada" };
    const decisions = await Promise.all(
      isolates.flatMap((isolate) => Array.from({ length: 10 }, () => isolate.check([limit]))),
    );
    expect(passed(decisions)).toBe(17);
  });

  test("a refused call takes nothing, and does not keep out a cheaper one", async () => {
    const { now } = createClock();
    const { limiter } = openLimiter(target, { redisNow: now });
    const policy = policyOf({ algorithm, limit: 5 });
    const take = async (cost: number) => {
      const { success, limits } = await limiter.check([{ policy, identifier: "ada", cost }]);
      return [success, limits[0]?.remaining];
    };
    expect(await take(3)).toEqual([true, 2]);
    for (let i = 0; i < 4; i += 1) expect(await take(3)).toEqual([false, 2]);
    expect(await take(6)).toEqual([false, 2]);
    expect(await take(2)).toEqual([true, 0]);
    expect(await take(1)).toEqual([false, 0]);
  });

  test("a cost of 0 takes nothing, and says whether a call would pass", async () => {
    const { now } = createClock();
    const { limiter } = openLimiter(target, { redisNow: now });
    const policy = policyOf({ algorithm, limit: 1 });
    const take = async (cost: number) => {
      const { success, limits } = await limiter.check([{ policy, identifier: "ada", cost }]);
      return [success, limits[0]?.remaining];
    };
    expect(await take(0)).toEqual([true, 1]);
    expect(await take(0)).toEqual([true, 1]);
    expect(await take(1)).toEqual([true, 0]);
    expect(await take(0)).toEqual([false, 0]);
  });

  test("the time a refusal names is when the call passes, and not a millisecond before", async () => {
    let at = 1_800_000_000_123;
    const { limiter } = openLimiter(target, { redisNow: () => at, now: () => at });
    const policy = policyOf({ algorithm, limit: 7, windowSeconds: 60 });
    const take = (cost: number) => limiter.check([{ policy, identifier: "ada", cost }]);
    for (const cost of [2, 3, 2]) {
      await take(cost);
      at += 1_700;
    }
    const refused = await take(4);
    expect(refused.success).toBe(false);
    const { resetAt = 0, resetSeconds } = refused.limits[0] ?? {};
    expect(resetSeconds).toBe(Math.ceil((resetAt - at) / 1_000));
    expect(resetSeconds).toBeLessThanOrEqual(60);
    at = resetAt - 1;
    expect(await take(4)).toMatchObject({ success: false });
    at = resetAt;
    expect(await take(4)).toMatchObject({ success: true });
  });

  test("the isolates' own clocks do not matter: Redis's is the one", async () => {
    const policy = policyOf({ algorithm, windowSeconds: 86_400 });
    const years = [2001, 2026, 2050].map((year) => Date.UTC(year, 0));
    const decisions = [];
    for (const start of [...years, ...years]) {
      const { limiter } = openLimiter(target, { now: () => start });
      decisions.push(await limiter.check([{ policy, identifier: "ada" }]));
    }
    expect(passed(decisions)).toBe(3);
  });

  test("Redis forgets an identifier when what it took no longer counts", async () => {
    const { limiter, redis } = openLimiter(target);
    const policy = policyOf({ algorithm, limit: 10, windowSeconds: 100 });
    await limiter.check([{ policy, identifier: "ada" }]);
    const key = `${target.prefix.slice(0, -1)}:ratelimit:{all}:${policy.name}/ada`;
    const ttl = await redis.send<number>((pipeline) => pipeline.pttl(key));
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(algorithm === "token-bucket" ? 10_000 : 100_000);
  });
});

test("fixed: the limit is whole again when the next window begins", async () => {
  let at = 60_000 * 30_000_000 + 59_000;
  const { limiter } = openLimiter(target, { redisNow: () => at, now: () => at });
  const limit = { policy: policyOf({ limit: 1, windowSeconds: 60 }), identifier: "ada" };
  expect(await limiter.check([limit])).toMatchObject({ success: true, limits: [{ resetSeconds: 1 }] });
  expect(await limiter.check([limit])).toMatchObject({ success: false, limits: [{ resetAt: at + 1_000 }] });
  at += 1_000;
  expect(await limiter.check([limit])).toMatchObject({ success: true, limits: [{ resetSeconds: 60 }] });
});

test("sliding: a limit's worth before a border is not followed by another after it", async () => {
  let at = 60_000 * 30_000_000 + 59_000;
  const { limiter } = openLimiter(target, { redisNow: () => at });
  const limit = {
    policy: policyOf({ algorithm: "sliding", limit: 10, windowSeconds: 60 }),
    identifier: "ada",
    cost: 10,
  };
  expect(await limiter.check([limit])).toMatchObject({ success: true });
  at += 59_999;
  expect(await limiter.check([{ ...limit, cost: 1 }])).toMatchObject({ success: false });
  at += 1;
  expect(await limiter.check([limit])).toMatchObject({ success: true });
});

test("token bucket: tokens come back one by one, and never above the limit", async () => {
  const clock = createClock();
  const { limiter } = openLimiter(target, { redisNow: clock.now });
  const policy = policyOf({ algorithm: "token-bucket", limit: 6, windowSeconds: 60 });
  const take = (cost: number) => limiter.check([{ policy, identifier: "ada", cost }]);
  expect(await take(6)).toMatchObject({ success: true });
  clock.advance(10);
  expect(await take(2)).toMatchObject({ success: false, limits: [{ remaining: 1 }] });
  expect(await take(1)).toMatchObject({ success: true });
  clock.advance(3_600);
  expect(await take(0)).toMatchObject({ limits: [{ remaining: 6 }] });
});

test("a clock of Redis that goes back gives nothing back, and takes nothing", async () => {
  for (const algorithm of ALGORITHMS) {
    const clock = createClock();
    const { limiter } = openLimiter(target, { redisNow: clock.now });
    const policy = policyOf({ algorithm, windowSeconds: 60 });
    await limiter.check([{ policy, identifier: "ada", cost: 2 }]);
    clock.advance(-30);
    const { limits } = await limiter.check([{ policy, identifier: "ada", cost: 0 }]);
    expect(limits[0]?.remaining, algorithm).toBe(1);
  }
});

test("windows begin with Redis's days, not with the first call", async () => {
  const { limiter } = openLimiter(target);
  const policy = policyOf({ windowSeconds: 86_400 });
  const { limits } = await limiter.check([{ policy, identifier: "ada" }]);
  const beyondMidnight = ((limits[0]?.resetAt ?? 0) + 5_000) % 86_400_000;
  expect(beyondMidnight).toBeLessThan(10_000);
});
