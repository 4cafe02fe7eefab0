import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRedis, type TestRedis } from "../../support/redis.ts";
import { newUser, openSessions } from "../../support/sessions.ts";

let target: TestRedis;
beforeAll(async () => {
  target = await startRedis();
});
afterAll(() => target.close());

describe("an update", () => {
  test("merges its fields, removes those that are null, and leaves the others", async () => {
    const { sessions } = openSessions(target);
    const { token } = await sessions.create({
      userId: newUser(),
      data: { theme: "dark", cart: [1, 2], gone: null, not: undefined },
    });
    expect((await sessions.read(token))?.data).toStrictEqual({ theme: "dark", cart: [1, 2] });
    const updated = await sessions.update(token, {
      cart: [3],
      lang: "de",
      theme: null,
      never: null,
      not: undefined,
    });
    expect(updated).toMatchObject({ kind: "updated" });
    const data = { cart: [3], lang: "de" };
    expect(updated.kind === "updated" && updated.session.data).toStrictEqual(data);
    expect((await sessions.read(token))?.data).toStrictEqual(data);
  });

  test("of nothing changes nothing, and answers the session", async () => {
    const { sessions } = openSessions(target);
    const { token, session } = await sessions.create({ userId: newUser(), data: { a: 1 } });
    expect(await sessions.update(token, {})).toEqual({ kind: "updated", session });
  });

  test("loses no field of 30 others at once", async () => {
    const { token } = await openSessions(target).sessions.create({ userId: newUser() });
    const names = Array.from({ length: 30 }, (_, i) => `field${i}`);
    await Promise.all(names.map((name, i) => openSessions(target).sessions.update(token, { [name]: i })));
    const { data } = (await openSessions(target).sessions.read(token)) ?? {};
    expect(data).toEqual(Object.fromEntries(names.map((name, i) => [name, i])));
  });

  test("cannot reach what is not data: the user, the token, the claims, the times", async () => {
    const { sessions } = openSessions(target);
    const { token, session } = await sessions.create({ userId: newUser(), claims: { role: "user" } });
    const changes = {
      token: "x",
      user: "root",
      end: 9e15,
      seen: 9e15,
      claims: { role: "admin" },
      "data:a": 1,
    };
    await sessions.update(token, changes);
    expect(await sessions.read(token)).toEqual({ ...session, data: changes });
  });

  test.each([
    ["a string that looks like a number", "007"],
    ["an empty string", ""],
    ["false", false],
    ["nested nulls", { a: [null, {}] }],
    ["a date", new Date(0)],
    ["a bigint", 2n ** 70n],
    ["bytes", new Uint8Array([0, 255])],
    ["an emoji and a line end", "🎉\r\n\0"],
  ])("keeps %s as it was", async (_what, value) => {
    const { sessions } = openSessions(target);
    const { token } = await sessions.create({ userId: newUser() });
    await sessions.update(token, { value });
    expect((await sessions.read(token))?.data).toStrictEqual({ value });
  });

  test.each(["__proto__", "constructor", "übergröße 🎉", " ", "{x}", "0"])(
    "takes %j as a name",
    async (name) => {
      const { sessions } = openSessions(target);
      const { token } = await sessions.create({ userId: newUser() });
      await sessions.update(token, Object.fromEntries([[name, 1]]));
      expect(Object.entries((await sessions.read(token))?.data ?? {})).toEqual([[name, 1]]);
    },
  );
});

describe("an update that cannot be kept changes nothing, and says why", () => {
  const nested = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`) as unknown;

  test.each([
    ["a name without characters", { "": 1 }, "field-name"],
    ["a name too long", { ["x".repeat(129)]: 1 }, "field-name"],
    ["half a surrogate pair as a name", { "\ud83d": 1 }, "field-name"],
    ["a function", { f: () => 1 }, "not-encodable"],
    ["a value with a __proto__ of its own", { f: JSON.parse('{"__proto__":1}') as unknown }, "not-encodable"],
    ["a value nested without end", { f: nested }, "not-encodable"],
    ["a value too large", { f: "x".repeat(32_768) }, "too-large"],
    ["too many bytes, in few characters", { f: "€".repeat(12_000) }, "too-large"],
    ["too many fields", Object.fromEntries(Array.from({ length: 129 }, (_, i) => [`f${i}`, 1])), "too-large"],
    [
      "too many fields to remove",
      Object.fromEntries(Array.from({ length: 9_000 }, (_, i) => [`f${i}`, null])),
      "too-large",
    ],
  ])("%s", async (_what, changes, because) => {
    const { sessions } = openSessions(target);
    const { token } = await sessions.create({ userId: newUser(), data: { kept: 1 } });
    expect(await sessions.update(token, { ...changes, other: 1 })).toEqual({ kind: "refused", because });
    expect((await sessions.read(token))?.data).toEqual({ kept: 1 });
  });

  test("the sum of many updates, at the last that does not fit", async () => {
    const { sessions } = openSessions(target, { maxBytes: 1_000, maxFields: 3 });
    const { token } = await sessions.create({ userId: newUser() });
    // A text of n characters takes n + 4 bytes, its name 1.
    const texts = { a: "x".repeat(495), b: "x".repeat(495) };
    expect((await sessions.update(token, { a: texts.a })).kind).toBe("updated");
    expect((await sessions.update(token, { b: texts.b })).kind).toBe("updated");
    expect(await sessions.update(token, { b: `${texts.b}x` })).toEqual({
      kind: "refused",
      because: "too-large",
    });
    expect(await sessions.update(token, { c: 1 })).toEqual({ kind: "refused", because: "too-large" });
    expect((await sessions.read(token))?.data).toEqual(texts);
    expect((await sessions.update(token, { a: null, c: 1, d: 1 })).kind).toBe("updated");
    expect((await sessions.update(token, { e: 1 })).kind).toBe("refused");
  });
});
