import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { checkPolicy, RATELIMIT_SCRIPTS, type Policy } from "../../../lib/ratelimit/index.ts";

const policy: Policy = { name: "key", limit: 6_000, windowSeconds: 60, algorithm: "sliding" };

test("a policy that is one comes back as it is", () => {
  expect(checkPolicy(policy)).toBe(policy);
});

test.each([
  [{ limit: 0 }, "limit must be"],
  [{ limit: 1.5 }, "limit must be"],
  [{ limit: Number.NaN }, "limit must be"],
  [{ limit: 1_000_000_001 }, "limit must be"],
  [{ windowSeconds: 0 }, "windowSeconds must be"],
  [{ windowSeconds: 31_536_001 }, "windowSeconds must be"],
  [{ algorithm: "leaky" as "fixed" }, "algorithm must be one of fixed, sliding, token-bucket"],
  [{ algorithm: "token-bucket", limit: 1_000_000_000, windowSeconds: 86_400 }, "limit times windowSeconds"],
  [{ lease: { permits: 6_001 } }, "lease.permits must be a whole number from 1 to 6000"],
  [{ lease: { permits: 10, seconds: 2.1 } }, "lease.seconds must be above 0 and at most 2"],
  [{ lease: { permits: 10, seconds: 0 } }, "lease.seconds must be above 0 and at most 2"],
  [{ name: "a b" }, "policy must be 1 to 128 of the characters"],
] as const)("%o is a mistake", (wrong, message) => {
  expect(() => checkPolicy({ ...policy, ...wrong })).toThrow(message);
});

test.each(RATELIMIT_SCRIPTS)("the SHA written beside $name is that of its text", ({ lua, sha1 }) => {
  expect(sha1).toBe(createHash("sha1").update(lua).digest("hex"));
});
