import { expect, test } from "vitest";
import { globMatch } from "../../../../local/engines/embedded/glob.ts";

test.each([
  ["*", "", true],
  ["*", "anything", true],
  ["a*c", "abbbc", true],
  ["a*c", "abbb", false],
  ["a**c", "ac", true],
  ["?", "a", true],
  ["?", "", false],
  ["h[ae]llo", "hallo", true],
  ["h[ae]llo", "hillo", false],
  ["h[^e]llo", "hallo", true],
  ["h[^e]llo", "hello", false],
  ["h[a-c]llo", "hbllo", true],
  ["h[c-a]llo", "hbllo", true],
  ["a\\*b", "a*b", true],
  ["a\\*b", "axb", false],
  ["[\\]]", "]", true],
  ["[abc", "b", true],
  ["user:*", "user:1:x", true],
  ["User:*", "user:1", false],
])("%s against %s: %s", (pattern, value, matches) => {
  expect(globMatch(Buffer.from(pattern), Buffer.from(value))).toBe(matches);
});

test("bytes that are no text match as bytes", () => {
  expect(globMatch(Buffer.from([0x2a, 0xff]), Buffer.from([0x00, 0xfe, 0xff]))).toBe(true);
  expect(globMatch(Buffer.from([0x5b, 0xf0, 0x2d, 0xff, 0x5d]), Buffer.from([0xf5]))).toBe(true);
});

test("many stars take no exponential time", () => {
  const pattern = Buffer.from(`${"a*".repeat(50)}b`);
  expect(globMatch(pattern, Buffer.from("a".repeat(5_000)))).toBe(false);
});
