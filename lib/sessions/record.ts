// A session as the fields of a hash. Pure: no I/O, no clock.

import { decode, encode } from "../codec.ts";
import type { Fields, Session } from "./types.ts";

/** Stands before the name of each field of a session's data. */
export const DATA = "data:";

/** A session as it is kept. Times are milliseconds since 1970. */
export interface SessionRecord {
  /** SHA-256 of the token, in hex. */
  readonly token: string;
  readonly userId: string;
  readonly created: number;
  /** When it was last used, as far as that was written down. */
  readonly seen: number;
  /** When it ends in any case. */
  readonly end: number;
  readonly claims: Fields;
  readonly data: Fields;
}

/** Whether it has not ended. `idleMs` is how long it lives unused. */
export const lives = (
  { seen, end }: Pick<SessionRecord, "seen" | "end">,
  now: number,
  idleMs: number,
): boolean => now < seen + idleMs && now < end;

/** Field, value, field, value…, as HGETALL answers. The data's fields are not among them. */
export function formatRecord(record: Omit<SessionRecord, "data">): string[] {
  const { token, userId, created, seen, end, claims } = record;
  return Object.entries({ token, user: userId, created, seen, end, claims: encode(claims) })
    .flat()
    .map(String);
}

/** The record of a hash; null where there is none: absent, or not ours. */
export function parseRecord(flat: readonly string[]): SessionRecord | null {
  const fields = new Map<string, string>();
  for (let i = 0; i + 1 < flat.length; i += 2) fields.set(flat[i] ?? "", flat[i + 1] ?? "");

  const token = fields.get("token");
  const userId = fields.get("user");
  const [created, seen, end] = [fields.get("created"), fields.get("seen"), fields.get("end")].map(Number);
  if (token === undefined || userId === undefined || !isTime(created) || !isTime(seen) || !isTime(end))
    return null;
  try {
    const data = [...fields]
      .filter(([name]) => name.startsWith(DATA))
      .map(([name, value]): [string, unknown] => [name.slice(DATA.length), decode(value)]);
    const claims = decode<Fields>(fields.get("claims") ?? "");
    return { token, userId, created, seen, end, claims, data: Object.fromEntries(data) };
  } catch {
    return null;
  }
}

const isTime = (value: number | undefined): value is number =>
  value !== undefined && Number.isSafeInteger(value);

export function sessionOf(id: string, record: SessionRecord, idleMs: number): Session {
  const { userId, claims, data, created, seen, end } = record;
  return {
    id,
    userId,
    claims,
    data,
    createdAt: new Date(created),
    lastSeenAt: new Date(seen),
    idleExpiresAt: new Date(Math.min(seen + idleMs, end)),
    expiresAt: new Date(end),
  };
}
