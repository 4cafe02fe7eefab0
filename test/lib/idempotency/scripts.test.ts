import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { IDEMPOTENCY_SCRIPTS } from "../../../lib/idempotency/index.ts";

test.each(IDEMPOTENCY_SCRIPTS)("$name has the SHA-1 of its text", ({ lua, sha1 }) => {
  expect(sha1).toBe(createHash("sha1").update(lua).digest("hex"));
});

test.each(IDEMPOTENCY_SCRIPTS)("$name states no fewer commands than it can run", ({ lua, commands }) => {
  expect(1 + lua.split("redis.call").length - 1).toBeLessThanOrEqual(commands);
});

test.each(IDEMPOTENCY_SCRIPTS)("$name touches only keys that it is given", ({ lua }) => {
  for (const [, key] of lua.matchAll(/redis\.call\('[A-Z]+', ([^,)]+)/g)) expect(key).toMatch(/^KEYS\[\d\]$/);
});
