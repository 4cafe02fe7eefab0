import { expect, test } from "vitest";
import { familyOf, isChannel, mayHold, scopeOf } from "../../../lib/pubsub/families.ts";
import { compareIds, isPosition, positionBefore, timeOf } from "../../../lib/pubsub/ids.ts";

test("ids sort by time, then by number, and not as texts", () => {
  const ids = ["0", "9-0", "10-0", "10-9", "10-10", "11-0", "1793523600123-0"];
  expect(ids.toReversed().toSorted(compareIds)).toEqual(ids);
  expect(compareIds("0", "0-0")).toBe(0);
});

test.each([
  [1_793_523_600_123, "1793523600122-0", "1793523600122-99", "1793523600123-0"],
  [1, "0-0", "0-7", "1-0"],
])("before %d lie the ids of earlier milliseconds alone", (ms, first, last, next) => {
  const position = positionBefore(ms);
  expect(isPosition(position)).toBe(true);
  expect(compareIds(first, position)).toBeLessThan(0);
  expect(compareIds(last, position)).toBeLessThan(0);
  expect(compareIds(next, position)).toBeGreaterThan(0);
});

test("before 1970 lies nothing", () => {
  expect(positionBefore(0)).toBe("0");
  expect(positionBefore(-5)).toBe("0");
});

test("an id says when its event was published", () => {
  expect(timeOf("1793523600123-4")).toBe("2026-11-01T09:00:00.123Z");
});

test.each([
  ["user:events", "user"],
  ["user", "user"],
  [":x", ""],
  ["a:b:c", "a"],
])("%s is of the family %j", (channel, family) => {
  expect(familyOf(channel)).toBe(family);
});

test.each([
  ["user:*", { kind: "family", family: "user", prefix: "user:" }],
  ["user:4?", { kind: "family", family: "user", prefix: "user:4" }],
  ["user", { kind: "family", family: "user", prefix: "user" }],
  [":[x]", { kind: "family", family: "", prefix: ":" }],
  ["user*", { kind: "families", prefix: "user" }],
  ["us\\er:1", { kind: "families", prefix: "us" }],
  ["[u]ser:1", { kind: "families", prefix: "" }],
  ["*", { kind: "families", prefix: "" }],
])("%s may have channels in %j", (pattern, scope) => {
  expect(scopeOf(pattern)).toEqual(scope);
});

test.each([
  ["user", "user:*", true],
  ["users", "user:*", false],
  ["users", "user*", true],
  ["", "*", true],
  ["order", "u*", false],
])("the family %j may hold channels of %s: %s", (family, pattern, expected) => {
  expect(mayHold(family, pattern)).toBe(expected);
});

test("a pattern without glob characters is a channel", () => {
  expect(["user:1", "a", "*", "a[b", "a?", "a\\b"].map(isChannel)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});
