import { expect, test } from "vitest";
import { slotOf } from "../../../../local/engines/redis/cluster-slot.ts";

// CLUSTER KEYSLOT's answers on Redis 7.0.15.
test.each([
  ["", 0],
  ["123456789", 12739],
  ["foo", 12182],
  ["user:1000", 1649],
  ["{user1000}.following", 3443],
  ["{user1000}.followers", 3443],
  ["foo{}{bar}", 8363],
  ["foo{{bar}}zap", 4015],
  ["foo{bar}{zap}", 5061],
  ["{open", 7674],
  ["ключ", 10303],
])("%s is in slot %i", (key, slot) => {
  expect(slotOf(Buffer.from(key))).toBe(slot);
});
