import { expect, test } from "vitest";
import { key, redis, run, transcript, WRONG_TYPE } from "./support.ts";

transcript("counts what is different", [
  ["PFADD @a x y z", 1],
  ["PFADD @a x", 0],
  ["PFCOUNT @a", 3],
  ["PFCOUNT @none", 0],
  ["PFADD @b z w", 1],
  ["PFCOUNT @a @b", 4],
  ["PFMERGE @m @a @b", "OK"],
  ["PFCOUNT @m", 4],
  ["PFADD @empty", 1],
  ["RPUSH @l v", 1],
  ["PFADD @l x", WRONG_TYPE],
  ["SET @s v", "OK"],
  ["PFADD @s x", /^WRONGTYPE Key is not a valid HyperLogLog string value\.$/],
]);

test("is within two per cent at 10,000", async () => {
  for (let start = 0; start < 10_000; start += 1000) {
    await run(["PFADD", "@many", ...Array.from({ length: 1000 }, (_, index) => `visitor-${start + index}`)]);
  }
  const counted = await redis.pfcount(key("many"));
  expect(Math.abs(counted - 10_000)).toBeLessThan(200);
});
