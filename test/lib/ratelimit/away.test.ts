import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createRateLimiter } from "../../../lib/ratelimit/index.ts";
import type { Redis } from "../../../lib/redis/index.ts";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../../support/redis.ts";
import { openLimiter, policyOf } from "./support.ts";

let target: TestRedis;
let proxy: FaultProxy;
beforeAll(async () => {
  target = await startRedis();
  proxy = await startFaultProxy(target.url);
});
afterEach(() => {
  proxy.mode = "pass";
  vi.useRealTimers();
});
afterAll(async () => {
  await proxy.close();
  await target.close();
});

const FAULTS = [
  ["refuse", "network"],
  ["hang", "timeout"],
  ["status500", "http"],
  ["garbage", "protocol"],
  ["dropResponse", "network"],
] as const;

describe.each(FAULTS)("a Redis that is away (%s)", (mode, reason) => {
  test.each([
    ["open", true, 3],
    ["closed", false, 0],
  ] as const)(
    "an %s policy follows its failure, says why, and recovers",
    async (failure, success, remaining) => {
      const { limiter, events } = openLimiter({ ...target, url: proxy.url }, { timeoutMs: 250 });
      const limit = { policy: policyOf({ failure, limit: 3, windowSeconds: 86_400 }), identifier: "ada" };
      proxy.mode = mode;
      const started = Date.now();
      const decision = await limiter.check([limit]);
      expect(Date.now() - started).toBeLessThan(1_000);
      expect(decision).toMatchObject({
        success,
        reason: "unavailable",
        limits: [{ success, remaining, resetSeconds: 1 }],
      });
      expect(events).toMatchObject([{ type: "unavailable", success, error: { reason } }]);

      proxy.mode = "pass";
      const again = await limiter.check([limit]);
      expect(again).toMatchObject({ success: true });
      expect(again.reason).toBeUndefined();
    },
  );
});

/** A Redis whose scripts answer what `run` does. */
const answering = (run: () => Promise<unknown>): Redis => ({
  run: run as Redis["run"],
  send: run as Redis["send"],
  meter: openLimiter(target).redis.meter,
});

test("a check waits 250 ms and no longer, whatever the client does", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const redis = answering(() => new Promise(() => undefined));
  const limiter = createRateLimiter({ redis });
  let decided = false;
  const decision = limiter
    .check([{ policy: policyOf({ failure: "open" }), identifier: "ada" }])
    .finally(() => (decided = true));
  await vi.advanceTimersByTimeAsync(249);
  expect(decided).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(await decision).toMatchObject({ success: true, reason: "unavailable" });
});

test.each([
  [null],
  ["OK"],
  [[]],
  [[[1, 2, 3]]],
  [[[1, 2, 3, 0, 0, 0, "0"]]],
  [[[1, 2, 3, 0, 0, 0, 0.5]]],
  [
    [
      [1, 1, 1, 0, 0, 0, 0],
      [1, 1, 1, 0, 0, 0, 0],
    ],
  ],
])("an answer that is none of the script's (%o) is an outage", async (answer) => {
  const redis = answering(async () => answer);
  const decision = await createRateLimiter({ redis }).check([{ policy: policyOf(), identifier: "ada" }]);
  expect(decision).toMatchObject({ success: false, reason: "unavailable" });
});

test("among several limits one closed policy refuses", async () => {
  proxy.mode = "refuse";
  const { limiter } = openLimiter({ ...target, url: proxy.url });
  const limits = [policyOf({ failure: "open" }), policyOf()].map((policy) => ({ policy, identifier: "a" }));
  expect(await limiter.check(limits)).toMatchObject({
    success: false,
    reason: "unavailable",
    limits: [{ success: true }, { success: false }],
  });
});

test("a real refusal has no reason, so that nobody takes an outage for one", async () => {
  const { limiter } = openLimiter(target);
  const limit = { policy: policyOf({ limit: 1, windowSeconds: 86_400 }), identifier: "ada" };
  await limiter.check([limit]);
  const refused = await limiter.check([limit]);
  expect(refused.success).toBe(false);
  expect(refused).not.toHaveProperty("reason");
});

test("a reset says that Redis is away", async () => {
  proxy.mode = "refuse";
  const { limiter } = openLimiter({ ...target, url: proxy.url });
  await expect(limiter.reset("p", "ada")).rejects.toMatchObject({ name: "RedisUnavailableError" });
});

describe("a shadow policy", () => {
  test("counts, tells what it would refuse, and refuses nothing", async () => {
    const { limiter, events } = openLimiter(target);
    const policy = policyOf({ shadow: true, limit: 2, windowSeconds: 86_400 });
    const results = [];
    for (let i = 0; i < 4; i += 1) {
      const { success, limits } = await limiter.check([{ policy, identifier: "ada" }]);
      results.push([success, limits[0]?.success, limits[0]?.shadowed, limits[0]?.remaining]);
    }
    expect(results).toEqual([
      [true, true, false, 1],
      [true, true, false, 0],
      [true, true, true, 0],
      [true, true, true, 0],
    ]);
    const refusal = { type: "shadow-refusal", name: policy.name };
    expect(events).toEqual([refusal, refusal]);
  });

  test("does not stand in the way of the limits beside it, nor they in its", async () => {
    const { limiter } = openLimiter(target);
    const windowSeconds = 86_400;
    const shadow = policyOf({ shadow: true, limit: 1, windowSeconds });
    const real = policyOf({ limit: 2, windowSeconds });
    const third = policyOf({ limit: 9, windowSeconds });
    for (const order of [
      [shadow, real, third],
      [third, real, shadow],
    ]) {
      const identifier = order[0]?.name ?? "";
      const limits = order.map((policy) => ({ policy, identifier }));
      const successes = [];
      for (let i = 0; i < 3; i += 1) successes.push((await limiter.check(limits)).success);
      expect(successes).toEqual([true, true, false]);
      const left = await limiter.check([{ policy: third, identifier, cost: 0 }]);
      expect(left).toMatchObject({ limits: [{ remaining: 7 }] });
    }
  });

  test("lets pass while Redis is away", async () => {
    proxy.mode = "refuse";
    const { limiter } = openLimiter({ ...target, url: proxy.url });
    const limit = { policy: policyOf({ shadow: true }), identifier: "ada" };
    expect(await limiter.check([limit])).toMatchObject({
      success: true,
      reason: "unavailable",
      limits: [{ success: true, shadowed: false }],
    });
  });
});
