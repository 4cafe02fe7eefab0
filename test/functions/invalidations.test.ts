import { describe, expect, test, vi } from "vitest";
import { useApi } from "./support/api.ts";
import { problemOf } from "./support/harness.ts";

const api = useApi();

const PATHS = [
  "/v1/products/1",
  "/v1/products/2",
  "/v1/products",
  "/v1/products?category=lamps",
  "/v1/products/404",
];

/** Fills the cache with all of PATHS: product 1 is a lamp, 2 a chair. */
async function fill(): Promise<void> {
  api.harness.seed({ category: "lamps" });
  api.harness.seed({ category: "chairs" });
  for (const path of PATHS) await api.request(path);
}

/** Which of PATHS are still cached. */
async function cached(): Promise<string[]> {
  const answers = await Promise.all(PATHS.map(async (path) => api.request(path)));
  return PATHS.filter((_, i) => answers[i]?.headers.get("Cache-Status")?.startsWith("sedge; hit"));
}
const without = (...gone: string[]) => PATHS.filter((path) => !gone.includes(path));

async function invalidate(body: unknown) {
  const response = await api.send("POST", "/v1/cache/invalidations", body);
  expect(response.status).toBe(200);
  return await response.json<{ deleted: number; tags: number; next: string | null }>();
}

describe("POST /v1/cache/invalidations", () => {
  test("with nothing invalidated, all is cached", async () => {
    await fill();
    expect(await cached()).toEqual(PATHS);
  });

  test("by key removes these entries, and counts those that were there", async () => {
    await fill();
    const body = { keys: ["product:1", "product:404", "product:never-read"] };
    expect(await invalidate(body)).toEqual({ deleted: 2, tags: 0, next: null });
    expect(await cached()).toEqual(without("/v1/products/1", "/v1/products/404"));
  });

  test("by the tag products ends every entry", async () => {
    await fill();
    expect(await invalidate({ tags: ["products"] })).toEqual({ deleted: 0, tags: 1, next: null });
    expect(await cached()).toEqual([]);
  });

  test("by a category's tag ends its lists and its products, and no others", async () => {
    await fill();
    expect(await invalidate({ tags: ["category:lamps"] })).toEqual({ deleted: 1, tags: 1, next: null });
    expect(await cached()).toEqual(without("/v1/products/1", "/v1/products?category=lamps"));
  });

  test("by a category's tag reaches all of its products, however many", async () => {
    const insert = api.harness.sql.sqlite.prepare(
      "INSERT INTO products (id, name, price, category, updated_at) VALUES (?, 'x', 1, 'many', '2026-11-02T09:30:00.000Z')",
    );
    for (let id = 1; id <= 2_001; id += 1) insert.run(id);
    await Promise.all(["1", "1000", "1001", "2001"].map(async (id) => api.request(`/v1/products/${id}`)));
    expect((await invalidate({ tags: ["category:many"] })).deleted).toBe(4);
  });

  test("by a hundred categories' tags asks the database no oftener than by one", async () => {
    await fill();
    const tags = [
      "category:lamps",
      "category:chairs",
      ...Array.from({ length: 98 }, (_, i) => `category:none-${i}`),
    ];
    const prepare = vi.spyOn(api.harness.sql, "prepare");
    expect(await invalidate({ tags })).toEqual({ deleted: 2, tags: 100, next: null });
    expect(prepare).toHaveBeenCalledTimes(1);
    prepare.mockRestore();
    expect(await cached()).toEqual(["/v1/products", "/v1/products/404"]);
  });

  test("by pattern removes what matches, in as many steps as it takes", async () => {
    await fill();
    let deleted = 0;
    let cursor: string | null = null;
    do {
      const step = await invalidate({ pattern: "products:*", ...(cursor === null ? {} : { cursor }) });
      deleted += step.deleted;
      cursor = step.next;
    } while (cursor !== null);
    expect(deleted).toBe(2);
    expect(await cached()).toEqual(without("/v1/products", "/v1/products?category=lamps"));
  });

  test("takes keys, tags and a pattern together, and each tag once", async () => {
    await fill();
    const result = await invalidate({
      keys: ["product:404"],
      tags: ["category:lamps", "category:lamps"],
      pattern: "product:2",
    });
    expect(result).toEqual({ deleted: 3, tags: 1, next: null });
    expect(await cached()).toEqual(["/v1/products"]);
  });

  test.each<[string, unknown]>([
    ["", {}],
    ["", { cursor: "1" }],
    ["", { cursor: "1", keys: ["product:1"] }],
    ["keys", { keys: [] }],
    ["keys", { keys: Array.from({ length: 101 }, (_, i) => `product:${i}`) }],
    ["keys", { keys: "product:1" }],
    ["keys.1", { keys: ["product:1", "a b"] }],
    ["tags.0", { tags: ["{products}"] }],
    ["pattern", { pattern: "" }],
    ["pattern", { pattern: "{*}" }],
    ["cursor", { pattern: "*", cursor: "one" }],
    ["prefix", { keys: ["product:1"], prefix: "x" }],
  ])("with a bad %j is a 400 that names it", async (field, body) => {
    const response = await api.send("POST", "/v1/cache/invalidations", body);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors?.map(({ path }) => path)).toContain(field);
  });

  test("is a 503 with Redis away", async () => {
    api.proxy.mode = "refuse";
    for (const body of [{ keys: ["product:1"] }, { tags: ["products"] }, { pattern: "*" }]) {
      const response = await api.send("POST", "/v1/cache/invalidations", body);
      expect(response.status).toBe(503);
    }
  });
});
