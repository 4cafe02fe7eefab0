import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodePayload,
  encodePayload,
  formatEntry,
  judge,
  parseEntry,
  PLACEHOLDER,
  type Entry,
} from "../../../lib/cache/entry.ts";

const entry: Entry = {
  id: "0123456789abcdef",
  payload: "[1]",
  freshUntil: 1_000,
  revalidateUntil: 2_000,
  usableUntil: 3_000,
  loadMs: 10,
  versions: ["v1", "v2"],
};
const at = (now: number, more: Partial<Parameters<typeof judge>[2]> = {}) => ({
  now,
  luck: 1,
  earlyRefresh: 1,
  ...more,
});

describe("an entry as text", () => {
  test("comes back as it was", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.option(fc.string({ minLength: 1 })), (versions, payload) => {
        const one = { ...entry, versions, payload };
        expect(parseEntry(formatEntry(one))).toEqual(one);
      }),
    );
  });

  test("is no entry where it is absent, a placeholder or anybody's text", () => {
    expect(parseEntry(null)).toBeNull();
    expect(parseEntry(PLACEHOLDER)).toBeNull();
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseEntry(text)).toBeNull();
      }),
    );
    expect(parseEntry(`${entry.id}[1,2]\n`)).toBeNull();
    expect(parseEntry(`${entry.id}[1,2,3\n`)).toBeNull();
  });

  test("'there is no such thing' is told from every value", () => {
    expect(encodePayload(null)).toBeNull();
    expect(encodePayload(undefined)).toBeNull();
    for (const value of ["", 0, false, [], {}]) expect(encodePayload(value)).not.toBeNull();
    expect(decodePayload(encodePayload(undefined))).toBeNull();
  });
});

describe("what may be done with an entry", () => {
  const versions = ["v1", "v2"];

  test.each([
    [999, "fresh"],
    [1_000, "revalidate"],
    [1_999, "revalidate"],
    [2_000, "if-error"],
    [2_999, "if-error"],
    [3_000, "unusable"],
  ])("at %i ms: %s", (now, verdict) => {
    expect(judge(entry, versions, at(now))).toBe(verdict);
  });

  test("one tag with another version, with none, or one tag more: unusable", () => {
    expect(judge(entry, ["v1", "v3"], at(0))).toBe("unusable");
    expect(judge(entry, ["v1", null], at(0))).toBe("unusable");
    expect(judge(entry, ["v1"], at(0))).toBe("unusable");
    expect(judge(entry, ["v1", "v2", "v3"], at(0))).toBe("unusable");
  });

  test("loaded anew early: never with luck 1 or beta 0, and the likelier the longer the load took", () => {
    expect(judge(entry, versions, at(995))).toBe("fresh");
    expect(judge(entry, versions, at(995, { luck: 0.5 }))).toBe("refresh-early");
    expect(judge(entry, versions, at(990, { luck: 0.5 }))).toBe("fresh");
    expect(judge({ ...entry, loadMs: 100 }, versions, at(990, { luck: 0.5 }))).toBe("refresh-early");
    expect(judge(entry, versions, at(995, { luck: 0.5, earlyRefresh: 0 }))).toBe("fresh");
  });
});
