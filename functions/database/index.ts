// D1. SQL stands in this folder and nowhere else.

import { createOutbox, type Outbox } from "./outbox.ts";
import { createProducts, type Products } from "./products.ts";
import type { Sql } from "./sql.ts";
import { createUsers, type Users } from "./users.ts";

export type { Outbox, OutboxEvent, WaitingEvent } from "./outbox.ts";
export type { Product, ProductFields } from "./products.ts";
export type { Sql, SqlStatement, SqlValue } from "./sql.ts";
export type { Credentials, NewUser, Profile } from "./users.ts";

export interface Database {
  readonly products: Products;
  readonly users: Users;
  readonly outbox: Outbox;
  /** Asks for nothing but an answer. */
  ping(): Promise<void>;
}

export function createDatabase(sql: Sql): Database {
  return {
    products: createProducts(sql),
    users: createUsers(sql),
    outbox: createOutbox(sql),
    async ping() {
      await sql.prepare("SELECT 1").first();
    },
  };
}
