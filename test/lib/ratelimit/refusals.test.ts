import { afterAll, beforeAll, expect, test } from "vitest";
import { createLeases, type Policy } from "../../../lib/ratelimit/index.ts";
import { createClock } from "../../support/cache.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";
import { ALGORITHMS, openLeasing, policyOf, remaining, wide } from "./support.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
  // Sends the script, which would be a trip more for who asks first.
  await remaining(target, wide(), Date.now);
});
afterAll(() => target.close());

const narrow = (policy: Partial<Policy> = {}) =>
  policyOf({ limit: 3, windowSeconds: 60, lease: { permits: 1 }, ...policy });

/** An isolate that checks one limit, each time in a request of its own. */
function openIsolate(policy: Policy) {
  const { now, advance } = createClock();
  const leases = createLeases();
  const isolate = { trips: 0 };
  const limiter = () => openLeasing(target, now, leases);
  return {
    isolate,
    now,
    advance,
    reset: () => limiter().limiter.reset(policy.name, "ada"),
    check: async (cost = 1, others: readonly Policy[] = []) => {
      const request = limiter();
      const limits = [
        { policy, identifier: "ada", cost },
        ...others.map((each) => ({ policy: each, identifier: "ada" })),
      ];
      const decision = await request.limiter.check(limits);
      isolate.trips += request.redis.meter.trips;
      return decision;
    },
  };
}

async function used(policy: Policy) {
  const opened = openIsolate(policy);
  while ((await opened.check()).success);
  opened.isolate.trips = 0;
  return opened;
}

test.each(ALGORITHMS)(
  "%s: who is refused and calls on is refused without a trip for two seconds",
  async (algorithm) => {
    const { check, isolate, advance } = await used(narrow({ algorithm, windowSeconds: 3_600 }));
    const first = await check();
    for (let i = 0; i < 50; i += 1) expect(await check()).toEqual(first);
    expect(first).toMatchObject({ success: false, limits: [{ success: false, remaining: 0 }] });
    expect(isolate.trips).toBe(0);
    advance(2);
    await check();
    expect(isolate.trips).toBe(1);
  },
);

test("no longer than until there is room again", async () => {
  const { check, advance, isolate } = await used(narrow({ algorithm: "token-bucket", windowSeconds: 3 }));
  advance(0.9);
  expect((await check()).success).toBe(false);
  expect(isolate.trips).toBe(0);
  advance(0.1);
  expect((await check()).success).toBe(true);
});

test("a call that costs less is asked for all the same, and one that costs nothing", async () => {
  const { check } = openIsolate(narrow());
  await check(2);
  expect((await check(2)).success).toBe(false);
  expect((await check(0)).limits[0]?.remaining).toBe(1);
  expect((await check(1)).success).toBe(true);
});

test.each<Partial<Policy>>([
  { limit: 100 },
  { windowSeconds: 3_600 },
  { algorithm: "token-bucket" },
  { shadow: true },
])("who was refused is asked for under another policy of the same name: %j", async (change) => {
  const { now } = createClock();
  const leases = createLeases();
  const policy = narrow({ algorithm: "sliding" });
  const check = async (by: Policy) => {
    const { limiter, redis } = openLeasing(target, now, leases);
    const { success } = await limiter.check([{ policy: by, identifier: "ada" }]);
    return { success, trips: redis.meter.trips };
  };
  while ((await check(policy)).success);
  expect(await check(policy)).toEqual({ success: false, trips: 0 });
  expect(await check({ ...policy, ...change })).toEqual({ success: true, trips: 1 });
});

test("a reset by the isolate is seen at once", async () => {
  const { check, reset } = await used(narrow());
  await reset();
  expect((await check()).success).toBe(true);
});

test("several limits of which one refuses are remembered as they were asked, and no other check with them", async () => {
  const roomy = wide();
  const { check, isolate, now } = await used(narrow());
  expect(await check(1, [roomy])).toMatchObject({
    success: false,
    limits: [{ success: false }, { success: true }],
  });
  isolate.trips = 0;
  expect(await check(1, [roomy])).toMatchObject({
    success: false,
    limits: [{ success: false }, { success: true }],
  });
  expect(isolate.trips).toBe(0);
  await check(1, [wide()]);
  expect(isolate.trips).toBe(1);
  expect(await remaining(target, roomy, now)).toBe(6_000);
});

test("a policy that does not lease asks Redis each time, and so does a shadow's refusal", async () => {
  const { lease: _, ...plain } = narrow();
  const strict = await used(plain);
  await strict.check();
  await strict.check();
  expect(strict.isolate.trips).toBe(2);

  const shadow = openIsolate(narrow({ shadow: true, limit: 1 }));
  for (let i = 0; i < 4; i += 1) await shadow.check();
  expect(shadow.isolate.trips).toBe(4);
});

test("of many who are refused the last thousand are remembered", async () => {
  const { now } = createClock();
  const leases = createLeases({ maxEntries: 2 });
  const policy = narrow({ limit: 1 });
  const check = async (identifier: string) => {
    const { limiter, redis } = openLeasing(target, now, leases);
    await limiter.check([{ policy, identifier }]);
    return redis.meter.trips;
  };
  for (const identifier of ["a", "b", "c"]) {
    await check(identifier);
    await check(identifier);
  }
  expect([await check("b"), await check("c"), await check("a")]).toEqual([0, 0, 1]);
});
