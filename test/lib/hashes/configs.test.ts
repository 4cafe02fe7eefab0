import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import { CONFIG_SCRIPTS, type Fields } from "../../../lib/hashes/index.ts";
import { startRedis, type TestRedis } from "../../support/redis.ts";
import { openConfigs } from "./open.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

const open = (options = {}) => openConfigs(target, options);
const updated = (version: number, values: Fields) => ({ kind: "updated", config: { version, values } });

test.each(CONFIG_SCRIPTS)("the SHA written beside $name is that of its text", ({ lua, sha1 }) => {
  expect(sha1).toBe(createHash("sha1").update(lua).digest("hex"));
});

describe("a config", () => {
  test("is null where nobody has written it", async () => {
    expect(await open().get("unknown")).toBeNull();
  });

  test("has version 1 after the first update, and one more after each", async () => {
    const configs = open();
    expect(await configs.update("shop", { theme: "dark" })).toEqual(updated(1, { theme: "dark" }));
    expect(await configs.update("shop", { theme: "dark" })).toEqual(updated(2, { theme: "dark" }));
    expect(await configs.update("shop", {})).toEqual(updated(3, { theme: "dark" }));
    expect(await configs.get("shop")).toEqual({ version: 3, values: { theme: "dark" } });
  });

  test("is merged field by field; null removes one, undefined is nothing", async () => {
    const configs = open();
    await configs.update("merged", { a: 1, b: 2, c: 3 });
    const answer = await configs.update("merged", { b: null, c: "3", d: undefined, e: null });
    expect(answer).toEqual(updated(2, { a: 1, c: "3" }));
    expect(await configs.get("merged")).toEqual({ version: 2, values: { a: 1, c: "3" } });
  });

  test("that has lost its last field is still there, with its version", async () => {
    const configs = open();
    await configs.update("empty", { a: 1 });
    expect(await configs.update("empty", { a: null })).toEqual(updated(2, {}));
    expect(await configs.get("empty")).toEqual({ version: 2, values: {} });
    expect(await configs.update("born-empty", { a: null })).toEqual(updated(1, {}));
    expect(await configs.get("born-empty")).toEqual({ version: 1, values: {} });
  });

  test("keeps the type of every value", async () => {
    const values = {
      text: "1",
      number: 1,
      fraction: 0.1,
      large: 2 ** 53,
      yes: true,
      yesText: "true",
      list: [1, "1", null, [true]],
      nested: { a: { b: null }, "": [] },
      nothing: "null",
      empty: "",
      date: new Date(0),
      map: new Map([["a", 1n]]),
      emoji: "💥",
    };
    await open().update("types", values);
    expect((await open().get("types"))?.values).toStrictEqual(values);
  });

  test("takes any name as a field's, and the version is no field", async () => {
    const names = { version: 1, "#": 1, "a:b@c.d~e_f-1": 1, constructor: 2, toString: 3, "0": 4 };
    const { "#": _, ...good } = names;
    await open().update("names", good);
    expect(await open().get("names")).toEqual({ version: 1, values: good });
  });

  test("answers its fields in the order of their names, whatever the order they came in", async () => {
    await open().update("ordered", { b: 1, c: 1 });
    const answer = await open().update("ordered", { a: 1, B: 1 });
    const found = await open().get("ordered");
    expect(answer.kind === "updated" && Object.keys(answer.config.values)).toEqual(["B", "a", "b", "c"]);
    expect(Object.keys(found?.values ?? {})).toEqual(["B", "a", "b", "c"]);
  });

  test("has the types its reader says", async () => {
    interface Shop extends Fields {
      theme: "dark" | "light";
    }
    const answer = await open().update<Shop>("typed", { theme: "dark" });
    expectTypeOf((await open().get<Shop>("typed"))?.values.theme).toEqualTypeOf<
      "dark" | "light" | undefined
    >();
    // @ts-expect-error Another than the two.
    await open().update<Shop>("typed", { theme: "blue" });
    expect(answer.kind).toBe("updated");
  });
});

describe("what cannot be kept is refused, and changes nothing", () => {
  test.each<[string, Fields]>([
    ["field-name", { "a b": 1 }],
    ["field-name", { "": 1 }],
    ["field-name", { "#version": 7 }],
    ["field-name", { é: null }],
    ["field-name", { ["x".repeat(129)]: 1 }],
    ["field-name", JSON.parse('{"__proto__": 1}') as Fields],
    ["not-encodable", { a: () => 1 }],
    ["not-encodable", { a: JSON.parse('{"__proto__": 1}') }],
  ])("%s: %j", async (because, changes) => {
    await open().update("refused", { kept: true });
    const before = await open().get("refused");
    // Not by a spread, which would set a prototype.
    const all = Object.fromEntries([["kept", false], ...Object.entries(changes)]);
    expect(await open().update("refused", all)).toEqual({ kind: "refused", because });
    expect(await open().get("refused")).toEqual(before);
  });

  test("too large: more fields than there may be, over all updates", async () => {
    const configs = open({ maxFields: 3 });
    await configs.update("fields", { a: 1, b: 2, c: 3 });
    expect(await configs.update("fields", { d: 4 })).toEqual({ kind: "refused", because: "too-large" });
    expect(await configs.update("fields", { d: 4, a: null })).toEqual(updated(2, { b: 2, c: 3, d: 4 }));
    const four = { a: null, b: null, c: null, d: null };
    expect(await configs.update("fields", four)).toEqual({ kind: "refused", because: "too-large" });
  });

  test("too large: more bytes than there may be, over all updates, in UTF-8", async () => {
    const configs = open({ maxBytes: 30 });
    // `["é…"]` and the name.
    expect(await configs.update("bytes", { a: "é".repeat(12) })).toMatchObject({ kind: "updated" });
    expect(await configs.update("bytes", { a: "é".repeat(13) })).toMatchObject({ because: "too-large" });
    expect(await configs.update("bytes", { b: "" })).toMatchObject({ because: "too-large" });
    expect(await configs.update("bytes", { a: "x".repeat(30) })).toMatchObject({ because: "too-large" });
    expect(await configs.get("bytes")).toEqual({ version: 1, values: { a: "é".repeat(12) } });
  });

  test("128 fields and 64 KiB at once are kept where nothing else is said", async () => {
    const many = Object.fromEntries(Array.from({ length: 128 }, (_, i) => [`f${i}`, "x".repeat(500)]));
    expect(await open().update("brim", many)).toMatchObject({ kind: "updated" });
    expect(await open().update("brim", { one: 1 })).toMatchObject({ because: "too-large" });
    const large = { a: "x".repeat(65_530) };
    expect(await open().update("large", large)).toMatchObject({ kind: "updated" });
    expect(await open().update("large", { b: 1 })).toMatchObject({ because: "too-large" });
  });

  test("a bad name", async () => {
    const fault = { name: "InvalidNameError", field: "name" };
    await expect(open().get("{a}")).rejects.toMatchObject(fault);
    await expect(open().update("a b", {})).rejects.toMatchObject(fault);
    expect(() => open({ prefix: "a b" })).toThrow(/prefix/);
  });
});
