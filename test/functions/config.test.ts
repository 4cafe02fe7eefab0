import { describe, expect, test } from "vitest";
import { useApi } from "./support/api.ts";
import { call, testRefusals } from "./support/calls.ts";
import { KEYS, problemOf } from "./support/harness.ts";

const api = useApi();

const patch = (body: unknown, headers: Record<string, string> = {}, name = "shop") =>
  api.send("PATCH", `/v1/config/${name}`, body, headers);
const get = (headers: Record<string, string> = {}, name = "shop") =>
  call(
    api,
    { method: "GET", path: `/v1/config/${name}` },
    { Authorization: `Bearer ${KEYS.all}`, ...headers },
  );
const fields = (from: number, to: number) =>
  Object.fromEntries(Array.from({ length: to - from }, (_, i) => [`f${from + i}`, 1]));
const read = async (name?: string) => (await get({}, name)).json<unknown>();

describe("PATCH /v1/config/{name}", () => {
  test("makes version 1 of a config that nobody has written, then merges; null removes", async () => {
    const first = await patch({ theme: "dark", retries: 3, banner: "hi" });
    expect([first.status, first.headers.get("ETag")]).toEqual([200, '"1"']);
    const values = { banner: "hi", retries: 3, theme: "dark" };
    expect(await first.json()).toEqual({ name: "shop", version: 1, values });
    const second = await patch({ banner: null, retries: "3" });
    expect([second.status, second.headers.get("ETag")]).toEqual([200, '"2"']);
    expect(await second.json()).toEqual({
      name: "shop",
      version: 2,
      values: { retries: "3", theme: "dark" },
    });
  });

  test("keeps the type of every value", async () => {
    const values = {
      a: 1,
      b: "1",
      c: true,
      d: "true",
      e: [1, "1", null],
      f: { g: { h: null } },
      i: "",
      j: 0.1,
    };
    await patch(values);
    expect(await read()).toEqual({ name: "shop", version: 1, values });
  });

  test("takes any name as a field's, as `version` and `constructor`", async () => {
    const values = { version: 7, constructor: 1, toString: [], "a:b@c.d~e_f-1": 2, "0": 3 };
    await patch(values);
    expect(await read()).toEqual({ name: "shop", version: 1, values });
  });

  test.each<[string, string]>([
    ["a list", "[]"],
    ["nothing", "null"],
    ["a text", '"a"'],
    ["a field without a name", '{"": 1}'],
    ["a field that has no name's characters", '{"a b": 1}'],
    ["a field that would be the version", '{"#version": 7}'],
    ["a field called __proto__", '{"__proto__": 1}'],
    ["a field with __proto__ in it", '{"a": {"__proto__": 1}}'],
    ["a field that removes what has no name", '{"{a}": null}'],
    ["a number beyond a double", '{"a": [1e400]}'],
    ["a field 33 levels deep", `{"a": ${"[".repeat(33)}${"]".repeat(33)}}`],
    ["a field 100,000 levels deep", `{"a": ${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
  ])("with %s is a 400 that changes nothing", async (_, body) => {
    await patch({ kept: true });
    const response = await patch(body);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors).toHaveLength(1);
    expect(await read()).toEqual({ name: "shop", version: 1, values: { kept: true } });
  });

  test("beyond 128 fields, or 64 KiB, over all PATCHes, is a 413 that changes nothing", async () => {
    expect((await patch(fields(0, 100))).status).toBe(200);
    expect((await patch(fields(100, 129))).status).toBe(413);
    expect((await patch(fields(100, 128))).status).toBe(200);
    expect((await patch({ a: "x".repeat(60_000) }, {}, "large")).status).toBe(200);
    const response = await patch({ b: "x".repeat(6_000) }, {}, "large");
    expect(response.status).toBe(413);
    expect((await problemOf(response)).detail).toBe("A config has at most 128 fields and 64 KiB.");
    expect(await read("large")).toMatchObject({ version: 1 });
  });

  test("costs one trip, with If-Match too", async () => {
    await patch({ a: 1 });
    const response = await patch({ a: 2 }, { "If-Match": '"1"' });
    expect(response.headers.get("Server-Timing")).toContain('desc="trips=1 ');
  });
});

describe("If-Match", () => {
  test("of another version is a 412 that changes nothing and says which it is", async () => {
    await patch({ a: 1 });
    await patch({ a: 2 });
    const response = await patch({ a: 3 }, { "If-Match": '"1"' });
    expect(response.status).toBe(412);
    const { type, detail } = await problemOf(response);
    expect(type).toMatch(/#precondition-failed$/);
    expect(detail).toContain("version 2");
    expect(await read()).toEqual({ name: "shop", version: 2, values: { a: 2 } });
  });

  test.each(['"1"', "*", ' "1" ', '"7", "1"', ', "x,y" ,,"1",', 'W/"1", "1"'])(
    "%j lets version 1 be changed",
    async (header) => {
      await patch({ a: 1 });
      expect((await patch({ a: 2 }, { "If-Match": header })).status).toBe(200);
    },
  );

  // Strong comparison: a weak tag is equal to none, and another text is another tag (RFC 9110, 8.8.3.2).
  test.each(['"2"', 'W/"1"', '"01"', '"+1"', '"1.0"', '""', '"a", "b"', '"0"', '"1e0"', ""])(
    "%j does not",
    async (header) => {
      await patch({ a: 1 });
      expect((await patch({ a: 2 }, { "If-Match": header })).status).toBe(412);
      expect(await read()).toMatchObject({ version: 1, values: { a: 1 } });
    },
  );

  test.each(["1", "'1'", '"1', '1"', 'w/"1"', '"1" "2"', '*, "1"', '"a b"', "null"])(
    "%j is a 400 that names it",
    async (header) => {
      await patch({ a: 1 });
      const response = await patch({ a: 2 }, { "If-Match": header });
      expect(response.status).toBe(400);
      expect((await problemOf(response)).errors?.[0]?.path).toBe("If-Match");
      expect(await read()).toMatchObject({ version: 1 });
    },
  );

  test("of any kind is a 412 where there is no config", async () => {
    for (const header of ["*", '"1"', '"0"']) {
      expect((await patch({ a: 1 }, { "If-Match": header })).status, header).toBe(412);
    }
    expect((await get()).status).toBe(404);
  });

  test("of 50 PATCHes at once for one version lets one pass", async () => {
    await patch({ winner: null });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => patch({ winner: i }, { "If-Match": '"1"' })),
    );
    const winners = answers.flatMap(({ status }, i) => (status === 200 ? [i] : []));
    expect(winners).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(49);
    expect(await read()).toEqual({ name: "shop", version: 2, values: { winner: winners[0] } });
  });
});

describe("GET /v1/config/{name}", () => {
  test("answers the whole config, with its version as ETag", async () => {
    await patch({ b: 1, a: 2 });
    const response = await get();
    expect([response.status, response.headers.get("ETag")]).toEqual([200, '"1"']);
    expect(await response.text()).toBe('{"name":"shop","version":1,"values":{"a":2,"b":1}}');
  });

  test("is a 304 for who has it, and a 200 once it is another", async () => {
    await patch({ a: 1 });
    for (const header of ['"1"', 'W/"1"', '"7", "1"', "*"]) {
      const response = await get({ "If-None-Match": header });
      expect([response.status, response.headers.get("ETag")], header).toEqual([304, '"1"']);
      expect(await response.text()).toBe("");
    }
    await patch({ a: 2 });
    expect((await get({ "If-None-Match": '"1"' })).status).toBe(200);
  });

  test("is a 404 where nobody has written it", async () => {
    const response = await get({}, "unknown");
    expect(response.status).toBe(404);
    expect((await problemOf(response)).type).toMatch(/#not-found$/);
  });
});

test("a bad name is a 400 that says so", async () => {
  for (const name of ["%20", "a%2Fb", "%7Ba%7D", "x".repeat(129)]) {
    for (const response of [await get({}, name), await patch({ a: 1 }, {}, name)]) {
      expect(response.status, name).toBe(400);
      expect((await problemOf(response)).errors?.[0]?.path).toBe("name");
    }
  }
});

testRefusals(api, [
  { scope: "config:read", method: "GET", path: "/v1/config/shop" },
  { scope: "config:write", method: "PATCH", path: "/v1/config/shop", body: { a: 1 } },
]);
