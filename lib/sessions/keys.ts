// The Redis keys of sessions. All keys of one user are in one slot of a Redis Cluster.

import { slot } from "../keys.ts";
import type { SessionRef } from "./token.ts";

export interface SessionKeys {
  /** A user's sessions by the time they end: `sedge:sessions:{OWNER}`. */
  readonly index: (owner: string) => string;
  /** One session: `sedge:sessions:{OWNER}:ID`. */
  readonly record: (ref: SessionRef) => string;
  /** Both, as most scripts take them. */
  readonly both: (ref: SessionRef) => readonly [record: string, index: string];
}

export function createSessionKeys(prefix: string): SessionKeys {
  const index = (owner: string): string => `${prefix}:sessions:${slot(owner)}`;
  const record = ({ owner, id }: SessionRef): string => `${index(owner)}:${id}`;
  return { index, record, both: (ref) => [record(ref), index(ref.owner)] };
}
