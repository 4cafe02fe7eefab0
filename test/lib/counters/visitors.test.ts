import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRedis, type TestRedis } from "../../support/redis.ts";
import { openCounters } from "./open.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

describe("unique visitors", () => {
  test("are counted once however often they come, whatever their ids look like", async () => {
    const counters = openCounters(target);
    expect(await counters.visitors("page")).toBe(0);
    expect(await counters.visit("page", "ada@example.org")).toBe(1);
    expect(await counters.visit("page", "ada@example.org")).toBe(1);
    expect(await counters.visit("page", "2001:db8::1 🪴")).toBe(2);
    expect(await counters.visitors("page")).toBe(2);
    expect(await counters.get("page")).toBe(0);
  });

  test("2,000 are told within three standard errors", async () => {
    const counters = openCounters(target);
    await Promise.all(Array.from({ length: 2_000 }, (_, i) => counters.visit("crowd", `visitor ${i}`)));
    const unique = await counters.visitors("crowd");
    expect(Math.abs(unique - 2_000)).toBeLessThan(2_000 * 3 * 0.0081);
  });
});

test("a deleted counter leaves no key behind, and begins anew", async () => {
  const counters = openCounters(target);
  await counters.increment("gone", 5);
  await counters.visit("gone", "v");
  await counters.increment("gone:not", 1);
  await counters.delete("gone");

  const [keys] = await target.engine.pipeline([
    [Buffer.from("KEYS"), Buffer.from(`${target.prefix}:counter:{gone}*`)],
  ]);
  expect(keys).toEqual([]);
  expect(await counters.get("gone")).toBe(0);
  expect(await counters.visitors("gone")).toBe(0);
  expect(await counters.increment("gone", 5)).toEqual({ kind: "counted", value: 5, repeated: false });
  expect(await counters.get("gone:not")).toBe(1);
  await counters.delete("never");
});
