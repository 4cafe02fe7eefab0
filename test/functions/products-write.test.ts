import { describe, expect, test } from "vitest";
import { useApi } from "./support/api.ts";
import { problemOf, type Harness } from "./support/harness.ts";

const api = useApi();

interface Product {
  id: number;
  name: string;
  price: number;
  category: string;
  updatedAt: string;
}
const read = async (id: number | string): Promise<Product> =>
  await (await api.request(`/v1/products/${id}`)).json<Product>();
const idsOf = async (query: string): Promise<number[]> => {
  const body = await (await api.request(`/v1/products${query}`)).json<{ items: Product[] }>();
  return body.items.map(({ id }) => id);
};
const rows = () => api.harness.sql.sqlite.prepare("SELECT * FROM products ORDER BY id").all();

const LAMP = { name: "Brass lamp", price: 7_900, category: "lamps" };

describe("POST /v1/products", () => {
  test("answers 201 with the product and where it is", async () => {
    const response = await api.send("POST", "/v1/products", LAMP);
    expect(response.status).toBe(201);
    const product = await response.json<Product>();
    expect(product).toMatchObject({ id: 1, ...LAMP });
    expect(product.updatedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(response.headers.get("Location")).toBe("/v1/products/1");
    expect(await read(1)).toEqual(product);
  });

  test("is seen by lists that were cached, and by a 404 that was cached", async () => {
    expect((await api.request("/v1/products/1")).status).toBe(404);
    expect(await idsOf("")).toEqual([]);
    expect(await idsOf("?category=lamps")).toEqual([]);
    await api.send("POST", "/v1/products", LAMP);
    expect((await api.request("/v1/products/1")).status).toBe(200);
    expect(await idsOf("")).toEqual([1]);
    expect(await idsOf("?category=lamps")).toEqual([1]);
  });

  test("leaves cached lists of other categories alone", async () => {
    await idsOf("?category=chairs");
    await api.send("POST", "/v1/products", LAMP);
    const response = await api.request("/v1/products?category=chairs");
    expect(response.headers.get("Cache-Status")).toMatch(/^sedge; hit/);
  });

  test("never gives an id twice, not even after a delete", async () => {
    await api.send("POST", "/v1/products", LAMP);
    await api.send("DELETE", "/v1/products/1", "");
    const response = await api.send("POST", "/v1/products", LAMP);
    expect((await response.json<Product>()).id).toBe(2);
  });

  test("takes the spaces off a name", async () => {
    await api.send("POST", "/v1/products", { ...LAMP, name: "  Brass lamp " });
    expect((await read(1)).name).toBe("Brass lamp");
  });

  test("takes names of 200 characters, whatever these take in memory", async () => {
    const name = "💡".repeat(200);
    expect((await api.send("POST", "/v1/products", { ...LAMP, name })).status).toBe(201);
    expect((await read(1)).name).toBe(name);
  });

  test.each<[string, unknown]>([
    ["name", { ...LAMP, name: "" }],
    ["name", { ...LAMP, name: "   " }],
    ["name", { ...LAMP, name: "n".repeat(201) }],
    ["name", { ...LAMP, name: "a\u0000b" }],
    ["name", { ...LAMP, name: "\ud800" }],
    ["name", { ...LAMP, name: 7 }],
    ["name", { price: 1, category: "lamps" }],
    ["price", { ...LAMP, price: -1 }],
    ["price", { ...LAMP, price: 1.5 }],
    ["price", { ...LAMP, price: "7900" }],
    ["price", { ...LAMP, price: 1_000_000_000_001 }],
    ["price", { ...LAMP, price: null }],
    ["category", { ...LAMP, category: "" }],
    ["category", { ...LAMP, category: "a b" }],
    ["category", { ...LAMP, category: "c".repeat(97) }],
    ["colour", { ...LAMP, colour: "red" }],
    ["id", { ...LAMP, id: 7 }],
    ["constructor", '{"name":"a","price":1,"category":"b","constructor":1}'],
    ["__proto__", '{"name":"a","price":1,"category":"b","__proto__":{"price":2}}'],
    ["", "[]"],
    ["", '"text"'],
    ["", "null"],
  ])("with a bad %j is a 400 that names it, and writes nothing", async (field, body) => {
    const response = await api.send("POST", "/v1/products", body);
    expect(response.status).toBe(400);
    const { errors = [], type } = await problemOf(response);
    expect(type).toMatch(/#bad-request$/);
    expect(errors.map(({ path }) => path)).toContain(field);
    expect(rows()).toEqual([]);
  });
});

describe("PATCH /v1/products/{id}", () => {
  test("changes what it names, and leaves the rest", async () => {
    const id = api.harness.seed();
    const response = await api.send("PATCH", `/v1/products/${id}`, { price: 1 });
    expect(response.status).toBe(200);
    const product = await response.json<Product>();
    expect(product).toMatchObject({ id, name: "Walnut desk", price: 1, category: "furniture" });
    expect(Date.parse(product.updatedAt)).toBeGreaterThan(Date.parse("2026-11-02T09:30:00.000Z"));
  });

  test("is seen by the next read in another isolate", async () => {
    const id = api.harness.seed();
    const elsewhere = api.isolate();
    for (let price = 1; price <= 5; price += 1) {
      await elsewhere.request(`/v1/products/${id}`);
      await api.send("PATCH", `/v1/products/${id}`, { price });
      const seen = await (await elsewhere.request(`/v1/products/${id}`)).json<Product>();
      expect(seen.price).toBe(price);
    }
  });

  test("of the category moves the product between lists that were cached", async () => {
    const id = api.harness.seed({ category: "desks" });
    await Promise.all(["", "?category=desks", "?category=tables"].map(idsOf));
    await api.send("PATCH", `/v1/products/${id}`, { category: "tables" });
    expect(await idsOf("?category=desks")).toEqual([]);
    expect(await idsOf("?category=tables")).toEqual([id]);
    expect(await idsOf("")).toEqual([id]);
  });

  test("beside one that moves the product leaves no cached list behind", async () => {
    const id = api.harness.seed({ category: "desks" });
    // Between what the second PATCH sees and what it writes, the first one moves the product to another category.
    let moved = false;
    api.harness.sql.before = async (query) => {
      if (moved || !query.startsWith("UPDATE products")) return;
      moved = true;
      await api.send("PATCH", `/v1/products/${id}`, { category: "tables" });
      expect(await idsOf("?category=tables")).toEqual([id]);
    };
    await api.send("PATCH", `/v1/products/${id}`, { category: "shelves" });
    expect(await idsOf("?category=tables")).toEqual([]);
    expect(await idsOf("?category=shelves")).toEqual([id]);
  });

  test("that always finds the product moved gives up with 409", async () => {
    const id = api.harness.seed({ category: "c0" });
    let moves = 0;
    api.harness.sql.before = async (query) => {
      if (!query.startsWith("UPDATE products")) return;
      moves += 1;
      api.harness.sql.sqlite.prepare("UPDATE products SET category = ?").run(`c${moves}`);
    };
    const response = await api.send("PATCH", `/v1/products/${id}`, { price: 1 });
    expect(response.status).toBe(409);
    expect(moves).toBe(5);
  });

  test.each(["404", "007", "no-such-product"])("of %s is a 404", async (id) => {
    api.harness.seed();
    expect((await api.send("PATCH", `/v1/products/${id}`, { price: 1 })).status).toBe(404);
  });

  test.each<[string, unknown]>([
    ["", {}],
    ["price", { price: -1 }],
    ["price", { price: null }],
    ["updatedAt", { updatedAt: "2026-11-02T09:30:00.000Z" }],
  ])("with a bad %j is a 400", async (field, body) => {
    const id = api.harness.seed();
    const response = await api.send("PATCH", `/v1/products/${id}`, body);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors?.map(({ path }) => path)).toEqual([field]);
  });
});

describe("DELETE /v1/products/{id}", () => {
  test("answers 204, and the product is gone from reads and lists that were cached", async () => {
    const id = api.harness.seed({ category: "lamps" });
    await read(id);
    await Promise.all(["", "?category=lamps"].map(idsOf));
    const response = await api.send("DELETE", `/v1/products/${id}`, "");
    expect(response.status).toBe(204);
    expect(await response.text()).toBe("");
    expect((await api.request(`/v1/products/${id}`)).status).toBe(404);
    expect(await idsOf("")).toEqual([]);
    expect(await idsOf("?category=lamps")).toEqual([]);
  });

  test("of a product that is not there is a 404", async () => {
    expect((await api.send("DELETE", "/v1/products/404", "")).status).toBe(404);
  });
});

describe("with Redis away", () => {
  test.each([
    ["POST", "/v1/products", LAMP],
    ["PATCH", "/v1/products/1", { price: 1 }],
    ["DELETE", "/v1/products/1", ""],
  ] as const)("%s is a 503 that may be tried again, and nothing is written", async (method, path, body) => {
    api.harness.seed();
    const before = rows();
    api.proxy.mode = "refuse";
    const response = await api.send(method, path, body);
    expect(response.status).toBe(503);
    expect(response.headers.get("Retry-After")).toMatch(/^\d+$/);
    expect((await problemOf(response)).type).toMatch(/#redis-unavailable$/);
    expect(rows()).toEqual(before);
  });

  test("a PATCH of a product that is not there is a 404 all the same", async () => {
    api.proxy.mode = "refuse";
    expect((await api.send("PATCH", "/v1/products/404", { price: 1 })).status).toBe(404);
  });
});

test("while prices change, no read that starts after a PATCH was answered sees an older one", async () => {
  const id = api.harness.seed({ price: 0 });
  const readers = Array.from({ length: 4 }, () => api.isolate());
  const writer = { acknowledged: 0, done: false };
  const seenTooOld: string[] = [];

  const watch = async (reader: Harness): Promise<void> => {
    while (!writer.done) {
      const atLeast = writer.acknowledged;
      const { price } = await (await reader.request(`/v1/products/${id}`)).json<Product>();
      if (price < atLeast) seenTooOld.push(`${price} after ${atLeast}`);
    }
  };
  const write = async (): Promise<void> => {
    for (let price = 1; price <= 25; price += 1) {
      expect((await api.send("PATCH", `/v1/products/${id}`, { price })).status).toBe(200);
      writer.acknowledged = price;
    }
    writer.done = true;
  };
  await Promise.all([...readers.map(watch), write()]);
  expect(seenTooOld).toEqual([]);
});
