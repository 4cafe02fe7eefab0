import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clientIdentifier } from "../../../lib/ratelimit/index.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";
import { openLimiter, policyOf } from "./support.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

describe("a reset", () => {
  test("of an identifier with glob characters gives it alone its limit back", async () => {
    const { limiter } = openLimiter(target);
    const policy = policyOf({ limit: 1, algorithm: "sliding" });
    const identifiers = [
      "*",
      "a*",
      "a?c",
      "a[b]c",
      "abc",
      "a\\*",
      "^",
      "a%2A",
      "a b",
      "{all}",
      "ä🪴",
      "a/b",
      "a:b",
    ];
    const take = async () => {
      const decisions = await Promise.all(
        identifiers.map((identifier) => limiter.check([{ policy, identifier }])),
      );
      return identifiers.filter((_, i) => decisions[i]?.success);
    };
    expect(await take()).toEqual(identifiers);
    for (const identifier of identifiers) {
      await limiter.reset(policy.name, identifier);
      expect(await take()).toEqual([identifier]);
    }
  });

  test("of one policy leaves the same identifier's other policies as they are", async () => {
    const { limiter } = openLimiter(target);
    const [one, other] = [policyOf({ limit: 1 }), policyOf({ limit: 1 })];
    const longer = { ...one, name: `${one.name}x` };
    const limits = [one, other, longer].map((policy) => ({ policy, identifier: "x" }));
    await limiter.check(limits);
    await limiter.reset(one.name, "x");
    const decisions = await Promise.all(limits.map((limit) => limiter.check([limit])));
    expect(decisions.map(({ success }) => success)).toEqual([true, false, false]);
  });

  test("of what nobody took is none", async () => {
    await expect(openLimiter(target).limiter.reset("never", "seen")).resolves.toBeUndefined();
  });
});

test("where a name ends and an identifier begins makes a difference", async () => {
  const { limiter } = openLimiter(target);
  const policy = policyOf({ limit: 1 });
  const longer = { ...policy, name: `${policy.name}x` };
  await limiter.check([{ policy, identifier: "xy" }]);
  expect(await limiter.check([{ policy: longer, identifier: "y" }])).toMatchObject({ success: true });
});

test("no character of a glob stands in a key", async () => {
  const { limiter, redis } = openLimiter(target);
  const policy = policyOf();
  await limiter.check([{ policy, identifier: "*?[]^\\" }]);
  const key = `${target.prefix.slice(0, -1)}:ratelimit:{all}:${policy.name}/%2A%3F%5B%5D%5E%5C`;
  expect(await redis.send((pipeline) => pipeline.exists(key))).toBe(1);
});

test("limiters with another group share nothing", async () => {
  const limit = { policy: policyOf({ limit: 1 }), identifier: "ada" };
  const take = async (group: string) => (await openLimiter(target, { group }).limiter.check([limit])).success;
  expect([await take("one"), await take("two"), await take("one")]).toEqual([true, true, false]);
});

test.each(["", "x".repeat(257)])("an identifier of %o is a mistake", async (identifier) => {
  const { limiter } = openLimiter(target);
  const limit = { policy: policyOf(), identifier };
  await expect(limiter.check([limit])).rejects.toThrow("identifier must be 1 to 256 characters");
  await expect(limiter.reset("p", identifier)).rejects.toThrow("identifier must be");
});

test("half a surrogate pair is an identifier like any other", async () => {
  const { limiter } = openLimiter(target);
  const limit = { policy: policyOf({ limit: 1 }), identifier: "a\ud800b" };
  expect(await limiter.check([limit])).toMatchObject({ success: true });
  expect(await limiter.check([limit])).toMatchObject({ success: false });
});

describe("a client's address", () => {
  test.each([
    ["203.0.113.7", "203.0.113.7"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["::FFFF:cb00:7107", "203.0.113.7"],
    ["0:0:0:0:0:ffff:203.0.113.7", "203.0.113.7"],
    ["2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64"],
    ["2001:0DB8:0000:0001:ffff:ffff:ffff:ffff", "2001:db8:0:1::/64"],
    ["2001:db8:0:1::", "2001:db8:0:1::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::", "0:0:0:0::/64"],
    [" 203.0.113.7 ", "203.0.113.7"],
  ])("%s is %s", (address, identifier) => {
    expect(clientIdentifier(address)).toBe(identifier);
  });

  test.each([
    undefined,
    "",
    "localhost",
    "203.0.113",
    "203.0.113.256",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1::2::3",
    "1:2:3:4:5:6:7::8",
    ":1:2:3:4:5:6:7",
    "12345::",
    "1.2.3.4::",
    "g::1",
    "*".repeat(300),
  ])("%o is no address, and all such are one", (address) => {
    expect(clientIdentifier(address)).toBe("unknown");
  });
});
