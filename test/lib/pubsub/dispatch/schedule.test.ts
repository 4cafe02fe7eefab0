import { describe, expect, test } from "vitest";
import { hasFailedTooLong, retryDelay } from "../../../../lib/pubsub/dispatch/schedule.ts";

describe("a retry", () => {
  test("comes after its step, and there are seven", () => {
    const delays = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((attempt) => retryDelay(attempt, 0.5));
    const minutes = [1, 10, 60, 360, 1_440].map((each) => each * 60_000);
    expect(delays).toEqual([2_000, 10_000, ...minutes, null, null]);
  });

  test("comes up to a fifth earlier or later", () => {
    expect(retryDelay(3, 0)).toBe(48_000);
    expect(retryDelay(3, 0.999_999)).toBe(72_000);
  });

  test("waits for what the receiver asks, up to twice the step, and never comes earlier for it", () => {
    expect(retryDelay(3, 0.5, 90)).toBe(90_000);
    expect(retryDelay(3, 0.5, 1_000_000)).toBe(120_000);
    expect(retryDelay(3, 0.5, 1)).toBe(60_000);
    expect(retryDelay(8, 0.5, 60)).toBeNull();
  });
});

test("a receiver has failed for too long after five days, counted from when it was revived", () => {
  const day = 86_400_000;
  expect(hasFailedTooLong({ activeSince: 0 }, day, 6 * day - 1)).toBe(false);
  expect(hasFailedTooLong({ activeSince: 0 }, day, 6 * day)).toBe(true);
  expect(hasFailedTooLong({ activeSince: 2 * day }, day, 6 * day)).toBe(false);
});
