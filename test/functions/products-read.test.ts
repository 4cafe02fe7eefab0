import { describe, expect, test } from "vitest";
import { useApi } from "./support/api.ts";
import { problemOf } from "./support/harness.ts";

const api = useApi();

const cacheStatus = (response: Response) => response.headers.get("Cache-Status");

interface Page {
  items: { id: number; name: string; price: number; category: string; updatedAt: string }[];
  next: string | null;
}
const page = async (path: string): Promise<Page> => await (await api.request(path)).json<Page>();

describe("a product", () => {
  test("is loaded and stored on the first read, and comes from the cache on the second", async () => {
    const id = api.harness.seed();
    const first = await api.request(`/v1/products/${id}`);
    expect(first.status).toBe(200);
    expect(await first.json()).toEqual({
      id,
      name: "Walnut desk",
      price: 48_900,
      category: "furniture",
      updatedAt: "2026-11-02T09:30:00.000Z",
    });
    expect(cacheStatus(first)).toBe("sedge; fwd=miss; stored");
    expect(first.headers.get("Cache-Control")).toBe("no-cache");
    await api.harness.settled();

    const second = await api.request(`/v1/products/${id}`);
    expect(cacheStatus(second)).toMatch(/^sedge; hit; ttl=[23]\d\d$/);
    expect(api.harness.sql.queries).toHaveLength(1);
  });

  test("that is hit costs one trip and one command, and says so", async () => {
    const id = api.harness.seed();
    await api.request(`/v1/products/${id}`);
    const hit = await api.request(`/v1/products/${id}`);
    expect(hit.headers.get("Server-Timing")).toMatch(/^redis;dur=\d+\.\d;desc="trips=1 commands=1"$/);
  });

  test("that 20 isolates ask for at once is loaded by one of them, and the others say they waited", async () => {
    const id = api.harness.seed();
    const isolates = Array.from({ length: 20 }, () => api.isolate());
    const answers = await Promise.all(isolates.map(async (isolate) => isolate.request(`/v1/products/${id}`)));
    expect(api.harness.sql.queries).toHaveLength(1);
    const said = answers.map(cacheStatus);
    expect(said.filter((status) => status === "sedge; fwd=miss; stored")).toHaveLength(1);
    expect(
      said.every((s) => s?.startsWith("sedge; hit") || s?.startsWith("sedge; fwd=miss; ")),
      String(said),
    ).toBe(true);
  });

  test("that does not exist is a 404, which is cached too", async () => {
    const first = await api.request("/v1/products/404");
    expect(first.status).toBe(404);
    expect(cacheStatus(first)).toBe("sedge; fwd=miss; stored");
    expect((await problemOf(first)).type).toMatch(/#not-found$/);

    const second = await api.request("/v1/products/404");
    expect(second.status).toBe(404);
    expect(cacheStatus(second)).toMatch(/^sedge; hit; ttl=/);
    expect(api.harness.sql.queries).toHaveLength(1);
  });

  test.each(["07", "7.0", "1e1", "-1", "0", "seven", "9007199254740993", "9".repeat(128)])(
    "with the id %s is not found, and D1 is not asked",
    async (id) => {
      api.harness.seed();
      const response = await api.request(`/v1/products/${id}`);
      expect(response.status).toBe(404);
      expect(cacheStatus(response)).toMatch(/^sedge; fwd=miss/);
      expect(api.harness.sql.queries).toEqual([]);
    },
  );

  test.each(["%20", "a%2Fb", "%zz", "%7B1%7D", "a".repeat(129)])(
    "with %s for an id, which is no name, is a 400",
    async (id) => {
      const response = await api.request(`/v1/products/${id}`);
      expect(response.status).toBe(400);
      expect((await problemOf(response)).errors).toEqual([
        { path: "id", message: "must be 1 to 128 of the characters A-Z a-z 0-9 . _ ~ : @ -" },
      ]);
    },
  );

  test("that the caller has already is a 304 without a body", async () => {
    const id = api.harness.seed();
    const etag = (await api.request(`/v1/products/${id}`)).headers.get("ETag") ?? "";
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
    for (const header of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const response = await api.request(`/v1/products/${id}`, { headers: { "If-None-Match": header } });
      expect(response.status).toBe(304);
      expect(await response.text()).toBe("");
      expect(response.headers.get("ETag")).toBe(etag);
      expect(cacheStatus(response)).toMatch(/^sedge; hit/);
      expect(response.headers.get("X-Request-Id")).toBeTruthy();
    }
    const other = await api.request(`/v1/products/${id}`, { headers: { "If-None-Match": '"other"' } });
    expect(other.status).toBe(200);
  });

  test("changes its ETag with its price", async () => {
    const id = api.harness.seed();
    const before = (await api.request(`/v1/products/${id}`)).headers.get("ETag");
    await api.send("PATCH", `/v1/products/${id}`, { price: 1 });
    const response = await api.request(`/v1/products/${id}`, {
      headers: { "If-None-Match": before ?? "" },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get("ETag")).not.toBe(before);
  });

  test("answers HEAD with the headers of GET and no body", async () => {
    const id = api.harness.seed();
    const get = await api.request(`/v1/products/${id}`);
    const head = await api.request(`/v1/products/${id}`, { method: "HEAD" });
    expect(head.status).toBe(200);
    expect(await head.text()).toBe("");
    expect(head.headers.get("ETag")).toBe(get.headers.get("ETag"));
    expect(cacheStatus(head)).toMatch(/^sedge; hit/);
  });
});

describe("a list", () => {
  test("comes in pages, ordered by id, to its end", async () => {
    for (let i = 0; i < 5; i += 1) api.harness.seed({ name: `Chair ${i}` });
    const first = await page("/v1/products?limit=2");
    expect(first.items.map(({ id }) => id)).toEqual([1, 2]);
    const second = await page(`/v1/products?limit=2&cursor=${first.next}`);
    expect(second.items.map(({ id }) => id)).toEqual([3, 4]);
    const third = await page(`/v1/products?limit=2&cursor=${second.next}`);
    expect(third.items.map(({ id }) => id)).toEqual([5]);
    expect(third.next).toBeNull();
  });

  test("that ends with a full page has no next", async () => {
    api.harness.seed();
    api.harness.seed();
    expect((await page("/v1/products?limit=2")).next).toBeNull();
  });

  test("has 20 products where no limit is given", async () => {
    for (let i = 0; i < 21; i += 1) api.harness.seed();
    expect((await page("/v1/products")).items).toHaveLength(20);
  });

  test("of a category has only its products", async () => {
    api.harness.seed({ category: "lamps" });
    api.harness.seed({ category: "chairs" });
    api.harness.seed({ category: "lamps" });
    const { items, next } = await page("/v1/products?category=lamps");
    expect(items.map(({ id }) => id)).toEqual([1, 3]);
    expect(next).toBeNull();
    expect((await page("/v1/products?category=nothing-here")).items).toEqual([]);
  });

  test("is cached, with its status and ETag told", async () => {
    api.harness.seed();
    const first = await api.request("/v1/products?category=furniture&limit=5");
    expect(cacheStatus(first)).toBe("sedge; fwd=miss; stored");
    const second = await api.request("/v1/products?limit=5&category=furniture");
    expect(cacheStatus(second)).toMatch(/^sedge; hit; ttl=/);
    expect(second.headers.get("Server-Timing")).toContain('desc="trips=1 commands=1"');
    const third = await api.request("/v1/products?category=furniture&limit=5", {
      headers: { "If-None-Match": first.headers.get("ETag") ?? "" },
    });
    expect(third.status).toBe(304);
    expect(api.harness.sql.queries).toHaveLength(1);
  });

  test("of a category whose name holds a colon is not another's", async () => {
    api.harness.seed({ category: "0:lamps" });
    api.harness.seed({ category: "lamps" });
    for (const [category, id] of [
      ["0:lamps", 1],
      ["lamps", 2],
    ]) {
      const { items } = await page(`/v1/products?category=${category}`);
      expect(items.map((item) => item.id)).toEqual([id]);
    }
  });

  test("stays cached beside those of other categories and sizes", async () => {
    const paths = ["?category=a", "?category=b", "", "?limit=1", "?category=a&limit=1"];
    for (const query of paths) await api.request(`/v1/products${query}`);
    for (const query of paths) {
      expect(cacheStatus(await api.request(`/v1/products${query}`)), query).toMatch(/^sedge; hit/);
    }
  });

  test("of a category with the longest name is cached as any", async () => {
    const category = "c".repeat(96);
    api.harness.seed({ category });
    const path = `/v1/products?category=${category}&limit=100`;
    expect(cacheStatus(await api.request(path))).toBe("sedge; fwd=miss; stored");
  });

  test.each([
    ["limit=0", "limit"],
    ["limit=101", "limit"],
    ["limit=1.5", "limit"],
    ["limit=", "limit"],
    ["limit=1&limit=2", "limit"],
    ["cursor=", "cursor"],
    ["cursor=nonsense", "cursor"],
    // Another spelling of the cursor behind 1.
    ["cursor=cDE6MR", "cursor"],
    [`cursor=${btoa("p1:0").replace(/=+$/, "")}`, "cursor"],
    [`cursor=${btoa("p1:99999999999999999").replace(/=+$/, "")}`, "cursor"],
    ["category=", "category"],
    ["category=a%20b", "category"],
    [`category=${"c".repeat(97)}`, "category"],
  ])("with ?%s is a 400 that names %s", async (query, field) => {
    const response = await api.request(`/v1/products?${query}`);
    expect(response.status).toBe(400);
    const { errors = [] } = await problemOf(response);
    expect(errors.map(({ path }) => path)).toContain(field);
  });
});

describe("with Redis away", () => {
  test("products, lists and 404s come from D1, and say why", async () => {
    const id = api.harness.seed();
    api.proxy.mode = "refuse";
    for (const path of [`/v1/products/${id}`, "/v1/products", "/v1/products/404"]) {
      const response = await api.request(path);
      expect(response.status).toBe(path.endsWith("404") ? 404 : 200);
      expect(cacheStatus(response)).toBe("sedge; fwd=bypass; detail=redis-unavailable");
    }
    expect(
      api.harness.logs.some(({ event, kind }) => event === "cache" && kind === "redis-unavailable"),
    ).toBe(true);
  });

  test("and back again, products come from the cache", async () => {
    const id = api.harness.seed();
    await api.request(`/v1/products/${id}`);
    api.proxy.mode = "refuse";
    for (let i = 0; i < 5; i += 1) {
      expect(cacheStatus(await api.request(`/v1/products/${id}`))).toContain("fwd=bypass");
    }
    api.proxy.mode = "pass";
    // The breaker lets one request a second try.
    await expect
      .poll(async () => cacheStatus(await api.request(`/v1/products/${id}`)), { timeout: 5_000 })
      .toMatch(/^sedge; hit/);
  });

  test("that does not answer at all, a product still comes within a second", async () => {
    const quick = api.isolate({ redisTimeoutMs: 200 });
    const id = quick.seed();
    api.proxy.mode = "hang";
    const started = performance.now();
    const response = await quick.request(`/v1/products/${id}`);
    expect(response.status).toBe(200);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe("with D1 failing", () => {
  test("what is in the cache is still served", async () => {
    const id = api.harness.seed();
    await api.request(`/v1/products/${id}`);
    api.harness.sql.before = async () => {
      throw new Error("D1_ERROR: no such luck");
    };
    expect((await api.request(`/v1/products/${id}`)).status).toBe(200);
  });

  test("what is not is a 500 that says nothing, and a log line that does", async () => {
    api.harness.sql.before = async () => {
      throw new Error("D1_ERROR: no such luck");
    };
    const response = await api.request("/v1/products/1");
    expect(response.status).toBe(500);
    const body = await problemOf(response);
    expect(Object.keys(body).toSorted()).toEqual(["instance", "status", "title", "type"]);
    expect(api.harness.logs.filter(({ event }) => event === "fault")).toMatchObject([
      { level: "error", requestId: body.instance, method: "GET" },
    ]);
  });
});
