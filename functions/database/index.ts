// D1. SQL stands in this folder and nowhere else.

import { createProducts, type Products } from "./products.ts";
import type { Sql } from "./sql.ts";

export type { Product, ProductFields } from "./products.ts";
export type { Sql, SqlStatement, SqlValue } from "./sql.ts";

export interface Database {
  readonly products: Products;
  /** Asks for nothing but an answer. */
  ping(): Promise<void>;
}

export function createDatabase(sql: Sql): Database {
  return {
    products: createProducts(sql),
    async ping() {
      await sql.prepare("SELECT 1").first();
    },
  };
}
