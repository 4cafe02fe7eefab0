import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode, encode } from "../../lib/codec.ts";

describe("a value comes back as it went in", () => {
  test.each([
    ["a string that looks like a number", "007"],
    ["a string that looks like a big number", "12345678901234567890"],
    ["a string that looks like JSON", '{"a":1}'],
    ["a string that looks quoted", '"x"'],
    ["the words of JSON", ["true", "null", "undefined", "NaN", "1e5"]],
    ["an empty string", ""],
    ["emoji and half of one", "🪴 \ud83e"],
    ["a control character", "\u0000\u2028\n"],
    ["undefined", undefined],
    ["undefined in an object", { a: undefined, b: [undefined, null] }],
    ["a Date", new Date(0)],
    ["a Map with a Set", new Map([["k", new Set([1, "1"])]])],
    ["a bigint", 2n ** 70n],
    ["numbers JSON has no word for", [NaN, Infinity, -Infinity, -0]],
    ["bytes", new Uint8Array([0, 255, 128, 10])],
  ])("%s", (_what, value) => {
    expect(decode(encode(value))).toStrictEqual(value);
  });

  test("anything JSON has", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        fc.pre(!JSON.stringify(value).includes('"__proto__":'));
        expect(decode(encode(value))).toStrictEqual(value);
      }),
    );
  });

  test("a value that refers to itself", () => {
    const value: { self?: unknown } = {};
    value.self = value;
    const back = decode<typeof value>(encode(value));
    expect(back.self).toBe(back);
  });
});

test("what has no text is refused, not stored in part", () => {
  expect(() => encode(JSON.parse('{"a":[{"__proto__":1}]}'))).toThrow("__proto__");
  expect(decode(encode("__proto__"))).toBe("__proto__");
  expect(() => encode({ call: () => 1 })).toThrow("function");
  class Thing {
    readonly a = 1;
  }
  expect(() => encode(new Thing())).toThrow("non-POJO");
});
