// The users in D1, and the events that are written with them.

import type { OutboxEvent } from "./outbox.ts";
import type { Sql } from "./sql.ts";

/** What anyone may know of a user. */
export interface Profile {
  id: string;
  name: string;
  /** ISO 8601, UTC. */
  createdAt: string;
}

export interface NewUser extends Profile {
  /** In lower case. */
  email: string;
  passwordHash: string;
}

export type Credentials = Profile & Pick<NewUser, "passwordHash">;

export interface Users {
  get(id: string): Promise<Profile | null>;
  /** @param email in lower case */
  findByEmail(email: string): Promise<Credentials | null>;
  /** Where to write to somebody. Nobody's but their own to see. */
  emailOf(id: string): Promise<string | null>;
  /**
   * Writes a user and the event that tells of it: both or neither.
   * @returns false where the e-mail is another's: then nothing was written
   */
  insert(user: NewUser, event: OutboxEvent): Promise<boolean>;
  /** Changes a hash that still is the one that was seen. */
  replaceHash(seen: Credentials, passwordHash: string): Promise<void>;
}

const COLUMNS = "id, name, created_at AS createdAt";

export function createUsers(sql: Sql): Users {
  return {
    get: (id) => sql.prepare(`SELECT ${COLUMNS} FROM users WHERE id = ?`).bind(id).first<Profile>(),

    findByEmail: (email) =>
      sql
        .prepare(`SELECT ${COLUMNS}, password_hash AS passwordHash FROM users WHERE email = ?`)
        .bind(email)
        .first<Credentials>(),

    async emailOf(id) {
      const row = await sql
        .prepare("SELECT email FROM users WHERE id = ?")
        .bind(id)
        .first<Pick<NewUser, "email">>();
      return row?.email ?? null;
    },

    async insert({ id, email, name, passwordHash, createdAt }, { channel, type, key, data }) {
      // One transaction. Whether the first statement wrote the user is what the second one asks.
      const [written] = await sql.batch<{ id: string }>([
        sql
          .prepare(
            `INSERT INTO users (id, email, name, password_hash, created_at) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (email) DO NOTHING RETURNING id`,
          )
          .bind(id, email, name, passwordHash, createdAt),
        sql
          .prepare(
            `INSERT INTO outbox (channel, type, key, data, created_at)
             SELECT ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM users WHERE id = ?)`,
          )
          .bind(channel, type, key, JSON.stringify(data), createdAt, id),
      ]);
      return written?.results.length === 1;
    },

    async replaceHash({ id, passwordHash: seen }, passwordHash) {
      await sql
        .prepare("UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?")
        .bind(passwordHash, id, seen)
        .all();
    },
  };
}
