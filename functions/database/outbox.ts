// Events in D1 that wait to be published. They are written in the transaction of what they tell of (see users.ts).

import type { Sql } from "./sql.ts";

/** To be published on a channel once what it tells of is written. */
export interface OutboxEvent {
  channel: string;
  type: string;
  key: string;
  data: Readonly<Record<string, string>>;
}

export interface WaitingEvent extends OutboxEvent {
  /** Rises; none is given twice. */
  id: number;
  /** ISO 8601, UTC. */
  createdAt: string;
}

export interface Outbox {
  /** Those written first, in their order. */
  list(limit: number): Promise<WaitingEvent[]>;
  remove(ids: readonly number[]): Promise<void>;
}

export function createOutbox(sql: Sql): Outbox {
  return {
    async list(limit) {
      const { results } = await sql
        .prepare(
          "SELECT id, channel, type, key, data, created_at AS createdAt FROM outbox ORDER BY id LIMIT ?",
        )
        .bind(limit)
        .all<Omit<WaitingEvent, "data"> & { data: string }>();
      return results.map(({ id, channel, type, key, data, createdAt }) => {
        return { id, channel, type, key, data: JSON.parse(data) as OutboxEvent["data"], createdAt };
      });
    },

    async remove(ids) {
      await sql
        .prepare("DELETE FROM outbox WHERE id IN (SELECT value FROM json_each(?))")
        .bind(JSON.stringify(ids))
        .all();
    },
  };
}
