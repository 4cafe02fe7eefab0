// The seed as SQL: plain literals, since `wrangler d1 execute --file` binds no parameters.
import { type SeedProduct, seedProducts } from "./products.ts";

/**
 * The statements that fill a fresh development database, to be run in order; running them again changes nothing.
 * Products are written only where none was ever allotted an id, so that a table somebody emptied stays empty, and
 * in one statement, so that a seed cut short leaves none. Each statement stays below D1's 100 kB.
 */
export function seedStatements(products: readonly SeedProduct[] = seedProducts()): string[] {
  const rows = products.map(
    ({ id, name, price, category, updatedAt }) =>
      `(${id},${literal(name)},${price},${literal(category)},${literal(updatedAt)})`,
  );
  return [
    `INSERT INTO products (id, name, price, category, updated_at) SELECT * FROM (VALUES ${rows.join(",")}) WHERE (SELECT next FROM sequences WHERE name = 'products') = 1 AND NOT EXISTS (SELECT 1 FROM products)`,
    `UPDATE sequences SET next = max(next, (SELECT coalesce(max(id), 0) + 1 FROM products)) WHERE name = 'products'`,
  ];
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
