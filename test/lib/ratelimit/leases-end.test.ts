import { afterAll, beforeAll, expect, test } from "vitest";
import { createClock } from "../../support/cache.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";
import { openLeasing, openLimiter, remaining, wide } from "./support.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
  // Sends the script, which would be a trip more for who asks first.
  await remaining(target, wide(), Date.now);
});
afterAll(() => target.close());

test("permits that lapse are not spent, and go back with the isolate's next call", async () => {
  const clock = createClock();
  const isolate = openLeasing(target, clock.now);
  const policy = wide();
  const check = () => isolate.limiter.check([{ policy, identifier: "ada" }]);
  await check();
  expect(await remaining(target, policy, clock.now)).toBe(6_000 - 1 - 4);
  clock.advance(2);
  await check();
  expect(isolate.redis.meter.trips).toBe(2);
  // The first call, the second, and the one permit it took in advance: nobody had spent the four.
  expect(await remaining(target, policy, clock.now)).toBe(6_000 - 2 - 1);
});

test("permits are not spent in their last tenth of a second: a Worker's clock may stand still", async () => {
  const clock = createClock();
  const isolate = openLeasing(target, clock.now);
  const limit = { policy: wide(), identifier: "ada" };
  await isolate.limiter.check([limit]);
  clock.advance(1.899);
  await isolate.limiter.check([limit]);
  expect(isolate.redis.meter.trips).toBe(1);
  clock.advance(0.001);
  await isolate.limiter.check([limit]);
  expect(isolate.redis.meter.trips).toBe(2);
});

test("sliding: permits count for a window from when they end, for so late may they have been spent", async () => {
  const clock = createClock();
  const isolate = openLeasing(target, clock.now);
  const policy = wide({ limit: 10, lease: { permits: 8 } });
  await isolate.limiter.check([{ policy, identifier: "ada" }]);
  clock.advance(1.8);
  await isolate.limiter.check([{ policy, identifier: "ada" }]);
  expect(isolate.redis.meter.trips).toBe(1);
  clock.advance(58.2);
  expect(await remaining(target, policy, clock.now)).toBe(9);
  clock.advance(1.999);
  expect(await remaining(target, policy, clock.now)).toBe(9);
  clock.advance(0.001);
  expect(await remaining(target, policy, clock.now)).toBe(10);
});

test("token bucket: what comes back while permits are held is not given out beside them", async () => {
  const clock = createClock();
  const isolate = openLeasing(target, clock.now);
  const policy = wide({ algorithm: "token-bucket", limit: 60, lease: { permits: 20 } });
  await isolate.limiter.check([{ policy, identifier: "ada" }]);
  clock.advance(1.8);
  await isolate.limiter.check([{ policy, identifier: "ada" }]);
  expect(isolate.redis.meter.trips).toBe(1);
  clock.advance(0.2);
  // Full again after the first call, then one spent, 0.2 s ago.
  expect(await remaining(target, policy, clock.now)).toBe(59);
});

test("fixed: permits end with the window they are from", async () => {
  let at = 60_000 * 30_000_000 + 59_500;
  const isolate = openLeasing(target, () => at);
  const limit = { policy: wide({ algorithm: "fixed" }), identifier: "ada" };
  await isolate.limiter.check([limit]);
  at += 500;
  await isolate.limiter.check([limit]);
  expect(isolate.redis.meter.trips).toBe(2);
});

test("what is given back after a reset takes nothing from those who came after it", async () => {
  const clock = createClock(60_000 * 30_000_000);
  const policy = wide({ limit: 100, lease: { permits: 50 } });
  const holder = openLeasing(target, clock.now).limiter;
  const other = openLimiter(target, { redisNow: clock.now }).limiter;
  await holder.check([{ policy, identifier: "ada" }]);
  await other.reset(policy.name, "ada");
  // In the part of the window in which what the holder has ends.
  clock.advance(2.001);
  await other.check([{ policy, identifier: "ada", cost: 99 }]);
  expect(await holder.check([{ policy, identifier: "ada" }])).toMatchObject({ success: true });
  expect(await remaining(target, policy, clock.now)).toBe(0);
});

test("permits that are being given back are not spent meanwhile", async () => {
  const { now } = createClock();
  const { limiter } = openLeasing(target, now);
  const policy = wide();
  const take = (cost: number) => limiter.check([{ policy, identifier: "ada", cost }]);
  await take(1);
  await Promise.all([take(5), take(1)]);
  // 1, 5 and 1 spent; of the 4 in advance none, so they went back; and 8 taken instead.
  expect(await remaining(target, policy, now)).toBe(6_000 - 7 - 8);
});

test("token bucket: nothing is held for longer than the bucket takes to fill", async () => {
  const { now } = createClock();
  const policy = wide({ algorithm: "token-bucket", limit: 60, windowSeconds: 1, lease: { permits: 60 } });
  await openLeasing(target, now).limiter.check([{ policy, identifier: "ada" }]);
  expect(await remaining(target, policy, now)).toBe(59);
});

test("a reset in the isolate itself ends what it holds", async () => {
  const { now } = createClock();
  const isolate = openLeasing(target, now);
  const policy = wide({ limit: 100 });
  await isolate.limiter.check([{ policy, identifier: "ada" }]);
  await isolate.limiter.reset(policy.name, "ada");
  await isolate.limiter.check([{ policy, identifier: "ada" }]);
  expect(isolate.redis.meter.trips).toBe(3);
});
