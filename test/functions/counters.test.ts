import { describe, expect, test } from "vitest";
import { createCounters } from "../../lib/counters/index.ts";
import { useApi } from "./support/api.ts";
import { call, testRefusals, type ScopedCall } from "./support/calls.ts";
import { KEYS, problemOf } from "./support/harness.ts";

const NOW = Date.UTC(2026, 10, 1, 9, 30);
const api = useApi(() => ({
  adapt: (services) => ({
    ...services,
    counters: createCounters({ redis: services.redis, prefix: services.prefix, now: () => NOW }),
  }),
}));

const MAX = Number.MAX_SAFE_INTEGER;
const key = { Authorization: `Bearer ${KEYS.all}` };
const get = (path: string) => api.request(`/v1/counters${path}`, { headers: key });
const read = async (path: string) => (await get(path)).json<unknown>();
const remove = (path: string) => api.request(`/v1/counters${path}`, { method: "DELETE", headers: key });
const increment = (name: string, body: unknown = {}) =>
  api.send("POST", `/v1/counters/${name}/increments`, body);

const visit = (body: unknown) => api.send("POST", "/v1/counters/home/visitors", body);
/** So many names, separated by commas. */
const names = (n: number) => Array.from({ length: n }, (_, i) => `c${i}`).join(",");

describe("POST /v1/counters/{name}/increments", () => {
  test("adds 1, or what is said, and answers the counter after it", async () => {
    expect(await (await increment("views")).json()).toEqual({ name: "views", value: 1 });
    expect(await (await increment("views", { by: 41 })).json()).toEqual({ name: "views", value: 42 });
    expect(await (await increment("views", { by: -50 })).json()).toEqual({ name: "views", value: -8 });
    expect(await (await increment("views", { by: 0 })).json()).toEqual({ name: "views", value: -8 });
  });

  test("is exact to 2^53 − 1; beyond it is a 409 that changes nothing", async () => {
    expect((await increment("brim", { by: MAX })).status).toBe(200);
    const response = await increment("brim", { by: 1 });
    expect(response.status).toBe(409);
    expect((await problemOf(response)).type).toMatch(/#conflict$/);
    expect(await read("/brim")).toEqual({ name: "brim", value: MAX });
    expect((await increment("ebb", { by: -MAX })).status).toBe(200);
    expect((await increment("ebb", { by: -1 })).status).toBe(409);
    expect(await read("/ebb")).toEqual({ name: "ebb", value: -MAX });
  });

  test("costs one trip", async () => {
    await increment("views");
    const timing = (await increment("views")).headers.get("Server-Timing");
    expect(timing).toContain('desc="trips=1 ');
  });

  test.each<[string, unknown]>([
    ["by", { by: 1.5 }],
    ["by", { by: "1" }],
    ["by", { by: null }],
    ["by", '{"by": 9007199254740992}'],
    ["by", '{"by": 1e400}'],
    ["value", { value: 1 }],
    ["", "[]"],
    ["", "null"],
  ])("with a bad %j is a 400 that names it, and counts nothing", async (field, body) => {
    const response = await increment("views", body);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors?.map(({ path }) => path)).toContain(field);
    expect(await read("/views")).toEqual({ name: "views", value: 0 });
  });
});

describe("GET /v1/counters", () => {
  test("answers 0 for a counter nobody counted", async () => {
    expect(await read("/unknown")).toEqual({ name: "unknown", value: 0 });
  });

  test("answers many in the order of their names", async () => {
    await increment("a:b@c.d~e_f-1", { by: 7 });
    await increment("two", { by: 2 });
    expect(await read("?names=two,unknown,a:b@c.d~e_f-1,two")).toEqual({
      items: [
        { name: "two", value: 2 },
        { name: "unknown", value: 0 },
        { name: "a:b@c.d~e_f-1", value: 7 },
        { name: "two", value: 2 },
      ],
    });
  });

  test("takes up to 100 names", async () => {
    expect((await get(`?names=${names(100)}`)).status).toBe(200);
  });

  test.each([
    "",
    "?names=",
    "?names=a,",
    "?names=a,,b",
    "?names=a%20b",
    "?names=a&names=b",
    `?names=${names(101)}`,
    `?names=${"a".repeat(129)}`,
  ])("with the names of %j is a 400 that says so", async (query) => {
    const response = await get(query);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors?.[0]?.path).toBe("names");
  });
});

describe("GET /v1/counters/{name}/series", () => {
  test("answers the last buckets, oldest first, zeros filled in", async () => {
    await increment("views", { by: 3 });
    expect(await read("/views/series?bucket=hour&last=3")).toEqual({
      name: "views",
      bucket: "hour",
      items: [
        { at: "2026-11-01T07:00:00.000Z", value: 0 },
        { at: "2026-11-01T08:00:00.000Z", value: 0 },
        { at: "2026-11-01T09:00:00.000Z", value: 3 },
      ],
    });
    expect(await read("/views/series?bucket=minute&last=1")).toMatchObject({
      items: [{ at: "2026-11-01T09:30:00.000Z", value: 3 }],
    });
    expect(await read("/views/series?bucket=day&last=1")).toMatchObject({
      items: [{ at: "2026-11-01T00:00:00.000Z", value: 3 }],
    });
  });

  test("answers 24 hours where nothing is said", async () => {
    const { bucket, items } = await (
      await get("/views/series")
    ).json<{ bucket: string; items: { at: string }[] }>();
    expect([bucket, items.length]).toEqual(["hour", 24]);
    expect(items.at(0)?.at).toBe("2026-10-31T10:00:00.000Z");
  });

  test.each([
    ["minute", 1_440],
    ["hour", 744],
    ["day", 366],
  ])("by the %s answers %i, and one more is a 400", async (bucket, most) => {
    const { items } = await (
      await get(`/views/series?bucket=${bucket}&last=${most}`)
    ).json<{ items: unknown[] }>();
    expect(items).toHaveLength(most);
    const response = await get(`/views/series?bucket=${bucket}&last=${most + 1}`);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors?.[0]?.path).toBe("last");
  });

  test.each([
    ["bucket", "bucket=week"],
    ["bucket", "bucket="],
    ["last", "last=0"],
    ["last", "last=-1"],
    ["last", "last=1.5"],
    ["last", "last=1e2"],
    ["last", "last=9999999"],
    ["last", "last=1&last=2"],
  ])("with a bad %s (%s) is a 400 that names it", async (field, query) => {
    const response = await get(`/views/series?${query}`);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors?.map(({ path }) => path)).toEqual([field]);
  });
});

describe("/v1/counters/{name}/visitors", () => {
  test("counts each visitor once, whatever their id is made of", async () => {
    expect(await read("/home/visitors")).toEqual({ name: "home", unique: 0 });
    const ids = ["ada", "b b", "{}", "07", "7", "💡", "ada", "x".repeat(256)];
    for (const id of ids) expect((await visit({ id })).status).toBe(200);
    expect(await (await visit({ id: "ada" })).json()).toEqual({ name: "home", unique: 7 });
    expect(await read("/home/visitors")).toEqual({ name: "home", unique: 7 });
  });

  test.each<[string, unknown]>([
    ["id", {}],
    ["id", { id: "" }],
    ["id", { id: 7 }],
    ["id", { id: "x".repeat(257) }],
    ["id", { id: "\ud800" }],
    ["name", { id: "a", name: "b" }],
  ])("with a bad %j is a 400 that names it", async (field, body) => {
    const response = await visit(body);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors?.map(({ path }) => path)).toContain(field);
  });
});

test("DELETE /v1/counters/{name} is a 204 that forgets value, series and visitors", async () => {
  await increment("views", { by: 5 });
  await api.send("POST", "/v1/counters/views/visitors", { id: "ada" });
  for (let i = 0; i < 2; i += 1) expect((await remove("/views")).status).toBe(204);
  expect(await read("/views")).toEqual({ name: "views", value: 0 });
  expect(await read("/views/visitors")).toEqual({ name: "views", unique: 0 });
  expect(await read("/views/series?last=1")).toMatchObject({ items: [{ value: 0 }] });
});

const READ = { scope: "counters:read", method: "GET" };
const WRITE = { scope: "counters:write", method: "POST" };
const CALLS: ScopedCall[] = [
  { ...READ, path: "/v1/counters?names=views" },
  { ...READ, path: "/v1/counters/views" },
  { ...READ, path: "/v1/counters/views/series" },
  { ...READ, path: "/v1/counters/views/visitors" },
  { ...WRITE, path: "/v1/counters/views/increments", body: {} },
  { ...WRITE, path: "/v1/counters/views/visitors", body: { id: "ada" } },
  { ...WRITE, method: "DELETE", path: "/v1/counters/views" },
];

test.each(CALLS.filter(({ path }) => path.includes("/views")))(
  "$method $path with a bad name is a 400 that says so",
  async (made) => {
    for (const name of ["%20", "a%2Fb", "%7Ba%7D", "%E0%A4%A", "a".repeat(129)]) {
      const response = await call(api, { ...made, path: made.path.replace("views", name) });
      expect(response.status, name).toBe(400);
      expect((await problemOf(response)).errors?.[0]?.path).toBe("name");
    }
  },
);

testRefusals(api, CALLS);
