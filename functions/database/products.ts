// The products in D1.

import type { Sql } from "./sql.ts";

export interface Product {
  id: number;
  name: string;
  /** Cents. */
  price: number;
  category: string;
  /** ISO 8601, UTC. */
  updatedAt: string;
}

export type ProductFields = Pick<Product, "name" | "price" | "category">;

const COLUMNS = "id, name, price, category, updated_at AS updatedAt";

export interface Products {
  get(id: number): Promise<Product | null>;
  /** Ordered by id, from behind `after`. One more than `limit` may be asked for, to see whether there are more. */
  list(page: { category: string | undefined; after: number; limit: number }): Promise<Product[]>;
  /** An id that no product has had or will have. */
  allotId(): Promise<number>;
  insert(product: Product): Promise<void>;
  /**
   * Changes a product that still is in the category it was seen in.
   * @returns what it is now, or null where it is gone or in another category
   */
  update(seen: Product, changes: Partial<ProductFields>, updatedAt: string): Promise<Product | null>;
  /** As `update`. @returns whether it was removed */
  remove(seen: Product): Promise<boolean>;
  /** Ids of the products in any of these categories, ordered, from behind `after`. */
  idsOf(categories: readonly string[], after: number, limit: number): Promise<number[]>;
}

export function createProducts(sql: Sql): Products {
  return {
    get: (id) => sql.prepare(`SELECT ${COLUMNS} FROM products WHERE id = ?`).bind(id).first<Product>(),

    async list({ category, after, limit }) {
      const statement =
        category === undefined
          ? sql.prepare(`SELECT ${COLUMNS} FROM products WHERE id > ? ORDER BY id LIMIT ?`).bind(after, limit)
          : sql
              .prepare(`SELECT ${COLUMNS} FROM products WHERE category = ? AND id > ? ORDER BY id LIMIT ?`)
              .bind(category, after, limit);
      return (await statement.all<Product>()).results;
    },

    async allotId() {
      const row = await sql
        .prepare("UPDATE sequences SET next = next + 1 WHERE name = 'products' RETURNING next - 1 AS id")
        .first<{ id: number }>();
      if (row === null) throw new Error("there is no sequence for products: migrate the database");
      return row.id;
    },

    async insert({ id, name, price, category, updatedAt }) {
      await sql
        .prepare("INSERT INTO products (id, name, price, category, updated_at) VALUES (?, ?, ?, ?, ?)")
        .bind(id, name, price, category, updatedAt)
        .all();
    },

    update: (seen, { name = null, price = null, category = null }, updatedAt) =>
      sql
        .prepare(
          `UPDATE products SET name = coalesce(?, name), price = coalesce(?, price),
           category = coalesce(?, category), updated_at = ? WHERE id = ? AND category = ? RETURNING ${COLUMNS}`,
        )
        .bind(name, price, category, updatedAt, seen.id, seen.category)
        .first<Product>(),

    async remove({ id, category }) {
      const removed = await sql
        .prepare("DELETE FROM products WHERE id = ? AND category = ? RETURNING id")
        .bind(id, category)
        .first<{ id: number }>();
      return removed !== null;
    },

    async idsOf(categories, after, limit) {
      const { results } = await sql
        .prepare(
          `SELECT id FROM products WHERE category IN (SELECT value FROM json_each(?)) AND id > ?
           ORDER BY id LIMIT ?`,
        )
        .bind(JSON.stringify(categories), after, limit)
        .all<{ id: number }>();
      return results.map(({ id }) => id);
    },
  };
}
