import { describe, expect, test } from "vitest";
import { checkName, checkPattern, slot } from "../../lib/keys.ts";

describe("a name that becomes part of a key", () => {
  test.each(["a", "user:7", "A.b_c~d:e@f-g", "x".repeat(128)])("%s is one", (name) => {
    expect(checkName(name, "key")).toBe(name);
  });

  test.each(["", "x".repeat(129), "a b", "a\n", "{a}", "a*", "ä", "a/b", "a%20", "\u0000", "🪴"])(
    "%j is none, and the error says which field",
    (name) => {
      expect(() => checkName(name, "key")).toThrow(/^key must be 1 to 128 of the characters/);
    },
  );

  test("the error does not repeat what was sent", () => {
    expect(() => checkName("secret token", "key")).toThrow(/^(?!.*secret)/);
  });
});

test("a pattern may have Redis's glob characters, and no others", () => {
  expect(checkPattern("user:*[^a-c]?\\x", "pattern")).toBe("user:*[^a-c]?\\x");
  expect(() => checkPattern("{user}*", "pattern")).toThrow("pattern must be");
});

test("a name is its key's slot", () => {
  expect(slot("a:b")).toBe("{a:b}");
});
