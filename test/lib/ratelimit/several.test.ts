import { afterAll, beforeAll, expect, test } from "vitest";
import { createClock } from "../../support/cache.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";
import { ALGORITHMS, openLimiter, policyOf } from "./support.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

const { now } = createClock();
const open = () => openLimiter(target, { redisNow: now }).limiter;

test("where one of several limits refuses, none is taken from, wherever it stands", async () => {
  const limiter = open();
  const wide = ALGORITHMS.map((algorithm) => ({
    policy: policyOf({ algorithm, limit: 10 }),
    identifier: "ip:1",
    cost: 2,
  }));
  const narrow = { policy: policyOf({ limit: 1 }), identifier: "ada@example.com" };
  const [first, second, third] = wide;
  if (first === undefined || second === undefined || third === undefined) throw new Error("three algorithms");
  const all = [first, narrow, second, third];
  expect(await limiter.check(all)).toMatchObject({
    success: true,
    limits: [{ remaining: 8 }, { remaining: 0 }, { remaining: 8 }, { remaining: 8 }],
  });
  const refused = {
    success: false,
    limits: [
      { success: true, remaining: 8 },
      { success: false, remaining: 0 },
      { success: true, remaining: 8 },
      { success: true, remaining: 8 },
    ],
  };
  expect(await limiter.check(all)).toMatchObject(refused);
  expect(await limiter.check(all)).toMatchObject(refused);
  expect(await limiter.check(wide)).toMatchObject({ success: true, limits: [{ remaining: 6 }, {}, {}] });
});

test("a key does not grow with the windows that somebody thinks of", async () => {
  const limiter = open();
  for (let i = 0; i < 40; i += 1) {
    const windows = Array.from({ length: 5 }, (_, n) => 1_000 + i * 5 + n);
    const limits = windows.map((windowSeconds) => ({
      policy: policyOf({ name: "grow", windowSeconds }),
      identifier: "z",
    }));
    expect((await limiter.check(limits)).success).toBe(true);
  }
  const [reply] = await target.engine.pipeline([
    ["GET", `${target.prefix}ratelimit:{all}:grow/z`].map((word) => Buffer.from(word)),
  ]);
  const sections = Buffer.isBuffer(reply) ? reply.toString().split(";").length - 1 : -1;
  expect(sections).toBe(10);
});

test("calls at once on limits that overlap: each lets exactly its own through", async () => {
  const [shared, ada, bob] = [policyOf({ limit: 15 }), policyOf({ limit: 10 }), policyOf({ limit: 10 })];
  const limiters = Array.from({ length: 4 }, open);
  const decisions = await Promise.all(
    limiters.flatMap((limiter) =>
      Array.from({ length: 12 }, (_, i) =>
        limiter.check([
          { policy: shared, identifier: "all" },
          { policy: i % 2 === 0 ? ada : bob, identifier: "self" },
        ]),
      ),
    ),
  );
  expect(decisions.filter(({ success }) => success)).toHaveLength(15);
  const left = await open().check(
    [shared, ada, bob].map((policy, i) => ({ policy, identifier: i === 0 ? "all" : "self", cost: 0 })),
  );
  const [all = -1, own = -1, other = -1] = left.limits.map(({ remaining }) => remaining);
  expect(all).toBe(0);
  expect(own + other).toBe(5);
});

test("the same limit twice in a check is taken from twice, or not at all", async () => {
  const limiter = open();
  const limit = { policy: policyOf({ limit: 3 }), identifier: "ada" };
  expect(await limiter.check([limit, limit])).toMatchObject({ success: true });
  expect(await limiter.check([limit, limit])).toMatchObject({ success: false });
  expect(await limiter.check([limit])).toMatchObject({ success: true, limits: [{ remaining: 0 }] });
});

test("burst and sustained under one name: each counts for itself", async () => {
  const limiter = open();
  const burst = policyOf({ limit: 2, windowSeconds: 1 });
  const sustained = { ...burst, limit: 5, windowSeconds: 3_600 };
  const both = [burst, sustained].map((policy) => ({ policy, identifier: "ada" }));
  expect(await limiter.check(both)).toMatchObject({ limits: [{ remaining: 1 }, { remaining: 4 }] });
  expect(await limiter.check(both)).toMatchObject({ limits: [{ remaining: 0 }, { remaining: 3 }] });
  expect(await limiter.check(both)).toMatchObject({ success: false });
});

test("a policy whose algorithm changes forgets nothing of what either took", async () => {
  const limiter = open();
  const before = policyOf({ limit: 1 });
  const after = { ...before, algorithm: "sliding" } as const;
  for (const policy of [before, after]) {
    expect(await limiter.check([{ policy, identifier: "ada" }])).toMatchObject({ success: true });
  }
  for (const policy of [before, after]) {
    expect(await limiter.check([{ policy, identifier: "ada" }])).toMatchObject({ success: false });
  }
});

test("10 limits are one check; 11 and none are a mistake", async () => {
  const limiter = open();
  const limits = Array.from({ length: 11 }, (_, i) => ({ policy: policyOf(), identifier: `${i}` }));
  expect(await limiter.check(limits.slice(1))).toMatchObject({ success: true });
  await expect(limiter.check(limits)).rejects.toThrow(RangeError);
  await expect(limiter.check([])).rejects.toThrow("the number of limits must be a whole number from 1 to 10");
});
