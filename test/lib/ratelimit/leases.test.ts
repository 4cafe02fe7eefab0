import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createLeases } from "../../../lib/ratelimit/index.ts";
import { createClock } from "../../support/cache.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../support/redis.ts";
import { ALGORITHMS, openLeasing, policyOf, remaining, wide } from "./support.ts";

let target: TestRedis;
let proxy: FaultProxy;
beforeAll(async () => {
  target = await startRedis();
  // Sends the script, which would be a trip more for who asks first.
  await remaining(target, wide(), Date.now);
  proxy = await startFaultProxy(target.url);
});
afterEach(() => {
  proxy.mode = "pass";
});
afterAll(async () => {
  await proxy.close();
  await target.close();
});

test("most calls of an isolate ask Redis nothing, each request with a limiter of its own", async () => {
  const { now } = createClock();
  const leases = createLeases();
  const limit = { policy: wide(), identifier: "ada" };
  let trips = 0;
  for (let i = 0; i < 1_000; i += 1) {
    const { limiter, redis } = openLeasing(target, now, leases);
    expect(await limiter.check([limit])).toMatchObject({ success: true });
    trips += redis.meter.trips;
  }
  expect(trips).toBeLessThan(20);
});

test("the call after an isolate's first already asks nothing", async () => {
  const { now } = createClock();
  const leases = createLeases();
  const limit = { policy: wide(), identifier: "ada" };
  await openLeasing(target, now, leases).limiter.check([limit]);
  const second = openLeasing(target, now, leases);
  expect(await second.limiter.check([limit])).toMatchObject({
    success: true,
    limits: [{ remaining: 5_998 }],
  });
  expect(second.redis.meter.trips).toBe(0);
});

test.each(ALGORITHMS)(
  "%s: 30 isolates that hold permits let exactly the limit through, or fewer by what they hold",
  async (algorithm) => {
    const { now } = createClock();
    const policy = wide({ algorithm, limit: 500, windowSeconds: 3_600 });
    const isolates = Array.from({ length: 30 }, () => openLeasing(target, now));
    const take = () =>
      Promise.all(isolates.map(({ limiter }) => limiter.check([{ policy, identifier: "ada" }])));
    let passed = 0;
    for (let i = 0; i < 40; i += 1) {
      passed += (await take()).filter(({ success }) => success).length;
    }
    expect(passed).toBeLessThanOrEqual(500);
    // 1,200 calls from each alike: at the end nobody holds anything worth the name.
    expect(passed).toBeGreaterThanOrEqual(450);
  },
);

test("of calls at once in a cold isolate only one takes permits in advance", async () => {
  const { now } = createClock();
  const { limiter } = openLeasing(target, now);
  const policy = wide();
  await Promise.all(Array.from({ length: 20 }, () => limiter.check([{ policy, identifier: "ada" }])));
  expect(await remaining(target, policy, now)).toBe(6_000 - 20 - 4);
});

test("the same limit twice in a check needs two permits", async () => {
  const { now } = createClock();
  const isolate = openLeasing(target, now);
  const limit = { policy: wide({ lease: { permits: 25 } }), identifier: "ada" };
  await isolate.limiter.check([limit]);
  await isolate.limiter.check([limit, limit]);
  expect(isolate.redis.meter.trips).toBe(2);
});

test("several leased limits are spent together or not at all", async () => {
  const { now } = createClock();
  const isolate = openLeasing(target, now);
  const [wider, narrow] = [wide(), wide({ limit: 3, lease: { permits: 1 } })];
  const both = [wider, narrow].map((policy) => ({ policy, identifier: "ada" }));
  const successes = [];
  for (let i = 0; i < 5; i += 1) successes.push((await isolate.limiter.check(both)).success);
  expect(successes).toEqual([true, true, true, false, false]);
  const left = await openLeasing(target, now).limiter.check([{ policy: wider, identifier: "ada", cost: 0 }]);
  expect(left.limits[0]?.remaining).toBeGreaterThanOrEqual(6_000 - 3 - 4);
  expect(left.limits[0]?.remaining).toBeLessThanOrEqual(6_000 - 3);
});

test("beside a limit that asks each time nothing is held in advance", async () => {
  const { now } = createClock();
  const isolate = openLeasing(target, now);
  const policy = wide();
  await isolate.limiter.check([
    { policy, identifier: "ada" },
    { policy: policyOf(), identifier: "ada" },
  ]);
  expect(await remaining(target, policy, now)).toBe(5_999);
});

test("permits that are held are spent while Redis is away", async () => {
  const { now } = createClock();
  const isolate = openLeasing({ ...target, url: proxy.url }, now);
  const limit = { policy: wide(), identifier: "ada" };
  await isolate.limiter.check([limit]);
  proxy.mode = "refuse";
  for (let i = 0; i < 4; i += 1) {
    const decision = await isolate.limiter.check([limit]);
    expect(decision).toMatchObject({ success: true });
    expect(decision.reason).toBeUndefined();
  }
  expect(await isolate.limiter.check([limit])).toMatchObject({ success: false, reason: "unavailable" });
});

test("an isolate remembers no more identifiers than it is told to", async () => {
  const { now } = createClock();
  const isolate = openLeasing(target, now, createLeases({ maxEntries: 2 }));
  const policy = wide();
  const check = (identifier: string) => isolate.limiter.check([{ policy, identifier }]);
  for (const identifier of ["a", "b", "c", "a"]) await check(identifier);
  expect(isolate.redis.meter.trips).toBe(4);
  await check("c");
  expect(isolate.redis.meter.trips).toBe(4);
});
