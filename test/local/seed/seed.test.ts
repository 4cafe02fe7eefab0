import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { seedProducts } from "../../../local/seed/products.ts";
import { seedStatements } from "../../../local/seed/sql.ts";

const migration = readFileSync(join(import.meta.dirname, "../../../migrations/0001_products.sql"), "utf8");

function openMigrated(): DatabaseSync {
  const database = new DatabaseSync(":memory:");
  database.exec(migration);
  return database;
}

function seed(database: DatabaseSync): void {
  for (const statement of seedStatements()) database.exec(statement);
}

function count(database: DatabaseSync): unknown {
  return database.prepare("SELECT count(*) AS n FROM products").get()?.n;
}

function allot(database: DatabaseSync): unknown {
  return database
    .prepare("UPDATE sequences SET next = next + 1 WHERE name = 'products' RETURNING next - 1 AS id")
    .get()?.id;
}

describe("the seeded catalogue", () => {
  it("has over 500 differently named products in 12 categories, the same every time", () => {
    const products = seedProducts();
    expect(products.length).toBeGreaterThanOrEqual(500);
    expect(new Set(products.map(({ name }) => name)).size).toBe(products.length);
    expect(new Set(products.map(({ category }) => category)).size).toBe(12);
    expect(products.map(({ id }) => id)).toEqual(products.map((_, index) => index + 1));
    expect(seedProducts()).toEqual(products);
    expect(products.slice(0, 3)).toMatchInlineSnapshot(`
      [
        {
          "category": "audio",
          "id": 1,
          "name": "Bookshelf Speaker, black",
          "price": 16990,
          "updatedAt": "2026-02-09T17:50:38.957Z",
        },
        {
          "category": "audio",
          "id": 2,
          "name": "Walnut-Cased Cassette Recorder, with case",
          "price": 19990,
          "updatedAt": "2026-05-03T11:57:48.842Z",
        },
        {
          "category": "books",
          "id": 3,
          "name": "Drawing Small Boats, paperback",
          "price": 1390,
          "updatedAt": "2026-07-12T21:52:56.664Z",
        },
      ]
    `);
  });

  it("has prices of whole cents as in a shop", () => {
    for (const { price } of seedProducts()) {
      expect(price % 10).toBe(0);
      expect(price).toBeGreaterThan(0);
    }
  });

  it("is accepted by the table, and the next product gets the id behind it", () => {
    const database = openMigrated();
    seed(database);
    expect(count(database)).toBe(seedProducts().length);
    expect(allot(database)).toBe(seedProducts().length + 1);
    expect(
      database.prepare("SELECT id, name, price, category, updated_at AS updatedAt FROM products").all(),
    ).toEqual(seedProducts().map((product) => expect.objectContaining(product)));
  });

  it("is written once: neither twice nor into a table that was emptied or has products of its own", () => {
    const twice = openMigrated();
    seed(twice);
    twice.exec("UPDATE products SET price = 1 WHERE id = 1");
    seed(twice);
    expect(twice.prepare("SELECT price FROM products WHERE id = 1").get()?.price).toBe(1);

    const emptied = openMigrated();
    seed(emptied);
    emptied.exec("DELETE FROM products");
    seed(emptied);
    expect(count(emptied)).toBe(0);
    expect(allot(emptied)).toBe(seedProducts().length + 1);

    const own = openMigrated();
    own.exec("INSERT INTO products VALUES (7, 'Mine', 1, 'own', '2026-01-01T00:00:00.000Z')");
    seed(own);
    expect(count(own)).toBe(1);
    expect(allot(own)).toBe(8);
  });

  it("fits into statements that D1 takes", () => {
    for (const statement of seedStatements()) expect(Buffer.byteLength(statement)).toBeLessThan(100_000);
  });
});

describe("the products table", () => {
  it.each([
    ["a price below zero", [1, "Name", -1, "kitchen", "2026-01-01T00:00:00.000Z"]],
    ["a price that is no integer", [1, "Name", 1.5, "kitchen", "2026-01-01T00:00:00.000Z"]],
    ["an empty name", [1, "", 1, "kitchen", "2026-01-01T00:00:00.000Z"]],
    ["a name of 201 characters", [1, "x".repeat(201), 1, "kitchen", "2026-01-01T00:00:00.000Z"]],
    ["a category with a space", [1, "Name", 1, "kit chen", "2026-01-01T00:00:00.000Z"]],
    ["a category of 129 characters", [1, "Name", 1, "x".repeat(129), "2026-01-01T00:00:00.000Z"]],
    ["a time without milliseconds", [1, "Name", 1, "kitchen", "2026-01-01T00:00:00Z"]],
  ] as const)("refuses %s", (_, row) => {
    const insert = openMigrated().prepare("INSERT INTO products VALUES (?, ?, ?, ?, ?)");
    expect(() => insert.run(...row)).toThrow(/constraint|datatype|cannot store/);
  });

  it("takes every character a category may have", () => {
    const insert = openMigrated().prepare("INSERT INTO products VALUES (?, ?, ?, ?, ?)");
    expect(insert.run(1, "Name", 0, "aZ09._~:@-", "2026-01-01T00:00:00.000Z").changes).toBe(1);
  });

  it.each([
    ["all products", "INTEGER PRIMARY KEY", "SELECT * FROM products WHERE id > 20 ORDER BY id LIMIT 21"],
    [
      "a category",
      "INDEX products_by_category",
      "SELECT * FROM products WHERE category = 'kitchen' AND id > 20 ORDER BY id LIMIT 21",
    ],
  ])("pages through %s by an index, without a sort", (_, index, sql) => {
    const plan = openMigrated()
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => String(detail))
      .join("; ");
    expect(plan).toContain(`SEARCH products USING ${index}`);
    expect(plan).not.toMatch(/TEMP B-TREE/);
  });
});
