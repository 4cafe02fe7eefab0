// What the queries need of D1, and nothing else: a test may stand a SQLite of its own behind it.

export type SqlValue = string | number | null;

export interface SqlStatement {
  bind(...values: SqlValue[]): SqlStatement;
  first<T>(): Promise<T | null>;
  all<T>(): Promise<{ results: T[] }>;
}

/** A `D1Database` is one. */
export interface Sql {
  prepare(query: string): SqlStatement;
  /** Runs them in order, in one transaction: all or none. */
  batch<T>(statements: SqlStatement[]): Promise<{ results: T[] }[]>;
}
