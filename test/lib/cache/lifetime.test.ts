import { describe, expect, test } from "vitest";
import { DEFAULT_LIFETIME, lifetimeOf, timesOf } from "../../../lib/cache/lifetime.ts";

const lifetime = {
  ttlSeconds: 100,
  staleWhileRevalidateSeconds: 10,
  staleIfErrorSeconds: 50,
  missingTtlSeconds: 5,
};
const now = 1_000_000;

describe("an entry's times", () => {
  test("fresh, then revalidated, then usable if the origin fails", () => {
    expect(timesOf(lifetime, { missing: false, now, jitter: 0, spread: 0 })).toEqual({
      freshUntil: now + 100_000,
      revalidateUntil: now + 110_000,
      usableUntil: now + 150_000,
    });
  });

  test("what is missing has a time of its own, and is never served stale", () => {
    const until = now + 5_000;
    const times = { freshUntil: until, revalidateUntil: until, usableUntil: until };
    expect(timesOf(lifetime, { missing: true, now, jitter: 0, spread: 0 })).toEqual(times);
  });

  test("a lifetime of 0 stores nothing", () => {
    const off = { ...lifetime, ttlSeconds: 0, missingTtlSeconds: 0 };
    expect(timesOf(off, { missing: true, now, jitter: 0, spread: 0 })).toBeNull();
    expect(timesOf(off, { missing: false, now, jitter: 0, spread: 0 })).toBeNull();
  });

  test("jitter moves the end both ways, by its share at most", () => {
    const end = (spread: number) =>
      timesOf(lifetime, { missing: false, now, jitter: 0.1, spread })?.freshUntil;
    expect(end(-1)).toBe(now + 90_000);
    expect(end(1)).toBe(now + 110_000);
  });
});

test("options override the cache's own lifetime, and a bad one is named", () => {
  expect(lifetimeOf({ ttlSeconds: 7 }, DEFAULT_LIFETIME)).toEqual({ ...DEFAULT_LIFETIME, ttlSeconds: 7 });
  expect(() => lifetimeOf({ missingTtlSeconds: -1 }, DEFAULT_LIFETIME)).toThrow("missingTtlSeconds");
  expect(() => lifetimeOf({ ttlSeconds: Number.NaN }, DEFAULT_LIFETIME)).toThrow("ttlSeconds");
});
