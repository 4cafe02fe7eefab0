import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startFaultProxy, startRedis, type FaultProxy, type TestRedis } from "../support/redis.ts";
import { createHarness, KEYS, problemOf, type Harness } from "./support/harness.ts";

let redis: TestRedis;
let proxy: FaultProxy;
let harness: Harness;
let tests = 0;

beforeAll(async () => {
  redis = await startRedis();
  proxy = await startFaultProxy(redis.url);
});
afterAll(async () => {
  await proxy.close();
  await redis.close();
});
beforeEach(() => {
  proxy.mode = "pass";
  tests += 1;
  harness = createHarness({
    redis: { url: proxy.url, token: redis.token },
    prefix: `${redis.prefix}tags${tests}`,
  });
});

const key = { Authorization: `Bearer ${KEYS.all}` };
const get = (path: string) => harness.request(path, { headers: key });
const read = async (path: string) => (await get(path)).json<unknown>();
const put = (item: string, body: unknown) => harness.send("PUT", `/v1/tags/${item}`, body);
const names = (count: number) => Array.from({ length: count }, (_, i) => `t${i}`);
const timing = async (answer: Promise<Response>) => (await answer).headers.get("Server-Timing");

describe("/v1/tags/{item}", () => {
  test("answers what was put, which replaces what was there", async () => {
    expect(await read("/v1/tags/desk")).toEqual({ item: "desk", tags: [] });
    const answer = await put("desk", { tags: ["oak", "sale", "oak"] });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ item: "desk", tags: ["oak", "sale"] });
    expect(await read("/v1/tags/desk")).toEqual({ item: "desk", tags: ["oak", "sale"] });
    await put("desk", { tags: ["new"] });
    expect(await read("/v1/tags/desk")).toEqual({ item: "desk", tags: ["new"] });
    expect(await read("/v1/items?all=oak")).toEqual({ items: [], next: null });
    expect((await put("desk", { tags: [] })).status).toBe(200);
    expect(await read("/v1/items?any=new")).toEqual({ items: [], next: null });
  });

  test("takes 100 tags", async () => {
    expect((await put("desk", { tags: names(100) })).status).toBe(200);
    expect(await read("/v1/tags/desk")).toEqual({ item: "desk", tags: names(100) });
  });

  test("costs one trip to read and to put, and two where a tag is taken away", async () => {
    await put("warm", { tags: ["a"] });
    expect(await timing(put("desk", { tags: ["a", "b"] }))).toContain('desc="trips=1 commands=6"');
    expect(await timing(get("/v1/tags/desk"))).toContain('desc="trips=1 commands=1"');
    expect(await timing(put("desk", { tags: ["b"] }))).toContain("trips=2 ");
  });

  test.each<[string, unknown]>([
    ["tags", {}],
    ["tags", { tags: "oak" }],
    ["tags", { tags: null }],
    ["tags", { tags: names(101) }],
    ["tags.1", { tags: ["oak", "no tag"] }],
    ["tags.0", { tags: [7] }],
    ["tags.0", { tags: [""] }],
    ["item", { tags: [], item: "desk" }],
    ["", "[]"],
  ])("with a bad %j is a 400 that names it, and changes nothing", async (field, body) => {
    await put("desk", { tags: ["oak"] });
    const response = await put("desk", body);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors?.map(({ path }) => path)).toContain(field);
    expect(await read("/v1/tags/desk")).toEqual({ item: "desk", tags: ["oak"] });
  });

  test.each(["%20", "a%2Fb", "%7Ba%7D", "%E0%A4%A", "a".repeat(129)])(
    "of the item %s is a 400",
    async (item) => {
      for (const response of [await put(item, { tags: [] }), await get(`/v1/tags/${item}`)]) {
        expect(response.status).toBe(400);
        expect((await problemOf(response)).errors?.[0]?.path).toBe("item");
      }
    },
  );
});

describe("GET /v1/items", () => {
  test("answers what has all, any and none of the tags", async () => {
    const items = { desk: "oak,sale", chair: "oak", sofa: "sale,new", bed: "oak,sale,new" };
    for (const [item, tags] of Object.entries(items)) await put(item, { tags: tags.split(",") });
    expect(await read("/v1/items?all=oak,sale")).toEqual({ items: ["bed", "desk"], next: null });
    expect(await read("/v1/items?any=new,oak&none=sale")).toEqual({ items: ["chair"], next: null });
    expect(await read("/v1/items?all=sale&any=oak,new&none=nobody")).toEqual({
      items: ["bed", "desk", "sofa"],
      next: null,
    });
    expect(await read("/v1/items?all=nobody")).toEqual({ items: [], next: null });
  });

  test("answers 20 where no number is asked for, and goes on page by page", async () => {
    await Promise.all(names(50).map((item) => put(item, { tags: ["a"] })));
    expect(await read("/v1/items?all=a")).toMatchObject({ items: { length: 20 } });
    const seen: string[] = [];
    let next: string | null = "";
    while (next !== null) {
      const page: { items: string[]; next: string | null } = await (
        await get(`/v1/items?any=a&limit=7${next === "" ? "" : `&cursor=${encodeURIComponent(next)}`}`)
      ).json();
      seen.push(...page.items);
      next = page.next;
    }
    expect(seen).toEqual(names(50).toSorted());
  });

  test.each([
    ["all", ""],
    ["all", "none=a"],
    ["all", "all="],
    ["all", "all=a,,b"],
    ["all", "all=a%20b"],
    ["all", "all=a&all=b"],
    ["any", "any=a,"],
    ["none", "all=a&none=*"],
    ["all", `all=${names(11).join(",")}&none=${names(10).join(",")}`],
    ["any", `any=${names(101).join(",")}`],
    ["limit", "all=a&limit=0"],
    ["limit", "all=a&limit=101"],
    ["limit", "all=a&limit=x"],
    ["cursor", "all=a&cursor="],
    ["cursor", "all=a&cursor=a%20b"],
  ])("with a bad %s (%s) is a 400 that names it", async (field, query) => {
    const response = await get(`/v1/items?${query}`);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors?.map(({ path }) => path)).toEqual([field]);
  });

  test("takes 20 tags, each of a list counted once", async () => {
    const all = names(10).join(",");
    expect((await get(`/v1/items?all=${all},${all}&none=${all}`)).status).toBe(200);
  });
});

const CALLS: [string, string, unknown][] = [
  ["PUT", "/v1/tags/desk", { tags: ["oak"] }],
  ["GET", "/v1/tags/desk", undefined],
  ["GET", "/v1/items?all=oak", undefined],
];
const call = (method: string, path: string, body: unknown, headers: Record<string, string> = key) =>
  harness.request(path, {
    method,
    headers: { ...headers, ...(body !== undefined && { "Content-Type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

test.each(CALLS)("%s %s needs a key with the scope to read or to write", async (method, path, body) => {
  expect((await call(method, path, body, {})).status).toBe(401);
  const refused = await call(method, path, body, { Authorization: `Bearer ${KEYS.products}` });
  expect(refused.status).toBe(403);
  expect((await problemOf(refused)).detail).toContain(`tags:${method === "GET" ? "read" : "write"}.`);
});

test.each(["refuse", "hang", "status500", "garbage"] as const)(
  "with a Redis that does %s, every call is a 503, and nothing is half written",
  async (mode) => {
    await put("desk", { tags: ["old"] });
    const { env } = harness;
    const target = { url: proxy.url, token: redis.token };
    harness = createHarness({ redis: target, prefix: env.KEY_PREFIX ?? "", redisTimeoutMs: 100 });
    proxy.mode = mode;
    for (const [method, path, body] of CALLS) {
      const response = await call(method, path, body);
      expect(response.status, `${method} ${path}`).toBe(503);
      expect(response.headers.get("Retry-After")).toMatch(/^\d+$/);
      expect((await problemOf(response)).type).toMatch(/#redis-unavailable$/);
    }
    harness = createHarness({ redis, prefix: env.KEY_PREFIX ?? "" });
    expect(await read("/v1/tags/desk")).toEqual({ item: "desk", tags: ["old"] });
    expect(await read("/v1/items?any=oak,old")).toEqual({ items: ["desk"], next: null });
    expect(await read("/v1/items?any=oak")).toEqual({ items: [], next: null });
  },
);
