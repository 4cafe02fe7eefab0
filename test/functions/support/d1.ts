// D1's interface on Node's own SQLite: the engine D1 is made of, without a process or a network in between. That the
// queries run on D1 itself, in workerd, is for the end-to-end tests to show.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Sql, SqlStatement, SqlValue } from "../../../functions/database/index.ts";

const MIGRATIONS = join(import.meta.dirname, "../../../migrations");

export interface TestSql extends Sql {
  /** The database itself, to look and change past the code under test. */
  readonly sqlite: DatabaseSync;
  /** Statements run so far, in order. */
  readonly queries: string[];
  /** Awaited before each statement: throw to make D1 fail, wait to make it slow. */
  before: (query: string) => Promise<void>;
}

/** A migrated, empty database in memory. */
export function createTestSql(): TestSql {
  const sqlite = new DatabaseSync(":memory:");
  for (const file of readdirSync(MIGRATIONS).toSorted()) {
    if (file.endsWith(".sql")) sqlite.exec(readFileSync(join(MIGRATIONS, file), "utf8"));
  }

  const bound = new WeakMap<SqlStatement, [query: string, values: SqlValue[]]>();

  function run<T>([query, values]: [string, SqlValue[]]): { results: T[] } {
    sql.queries.push(query);
    return { results: sqlite.prepare(query).all(...values) as T[] };
  }

  function statement(query: string, values: SqlValue[]): SqlStatement {
    async function all<T>(): Promise<{ results: T[] }> {
      await sql.before(query);
      return run<T>([query, values]);
    }
    const made: SqlStatement = {
      bind: (...others) => statement(query, others),
      all,
      first: async <T>() => (await all<T>()).results[0] ?? null,
    };
    bound.set(made, [query, values]);
    return made;
  }

  /** Without a pause inside, so that no other statement comes between. */
  function transaction<T>(statements: SqlStatement[]): { results: T[] }[] {
    sqlite.exec("BEGIN IMMEDIATE");
    try {
      const answers = statements.map((one) => run<T>(bound.get(one) ?? ["", []]));
      sqlite.exec("COMMIT");
      return answers;
    } catch (error) {
      sqlite.exec("ROLLBACK");
      throw error;
    }
  }

  const sql: TestSql = {
    sqlite,
    queries: [],
    before: async () => undefined,
    prepare: (query) => statement(query, []),
    async batch<T>(statements: SqlStatement[]) {
      for (const one of statements) await sql.before(bound.get(one)?.[0] ?? "");
      return transaction<T>(statements);
    },
  };
  return sql;
}
