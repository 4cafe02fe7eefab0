// D1. SQL stands in this folder and nowhere else.

import { createProducts, type Products } from "./products.ts";
import type { Sql } from "./sql.ts";
import { createUsers, type Users } from "./users.ts";

export type { Product, ProductFields } from "./products.ts";
export type { Sql, SqlStatement, SqlValue } from "./sql.ts";
export type { Credentials, NewUser, OutboxEvent, Profile } from "./users.ts";

export interface Database {
  readonly products: Products;
  readonly users: Users;
  /** Asks for nothing but an answer. */
  ping(): Promise<void>;
}

export function createDatabase(sql: Sql): Database {
  return {
    products: createProducts(sql),
    users: createUsers(sql),
    async ping() {
      await sql.prepare("SELECT 1").first();
    },
  };
}
