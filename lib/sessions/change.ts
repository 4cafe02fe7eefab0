// Changes of a living session: its data, its token.

import { sha256Hex } from "../digest.ts";
import { encodeChanges } from "./data.ts";
import { parseRecord, sessionOf } from "./record.ts";
import { ROTATE, UPDATE } from "./scripts.ts";
import type { SessionSettings } from "./settings.ts";
import { newToken, parseToken } from "./token.ts";
import type { Session, Sessions } from "./types.ts";

type Reply = readonly [kind: string, ...record: string[]];

export function createChange(settings: SessionSettings): Pick<Sessions, "update" | "rotate"> {
  const { redis, keys, idleMs, renewEveryMs, maxFields, maxBytes, now } = settings;

  /** The session of a script's answer. */
  function sessionIn(id: string, [, ...flat]: Reply): Session | null {
    const record = parseRecord(flat);
    return record === null ? null : sessionOf(id, record, idleMs);
  }

  return {
    async update(token, changes) {
      const ref = parseToken(token);
      if (ref === null) return { kind: "gone" };
      const encoded = encodeChanges(changes, settings);
      if (typeof encoded === "string") return { kind: "refused", because: encoded };

      const { set, removed } = encoded;
      const digest = await sha256Hex(token);
      const opening = [digest, ref.id, now(), idleMs, renewEveryMs];
      const args = [...opening, maxFields, maxBytes, set.length / 2, ...set, ...removed];
      const reply = await redis.run<Reply>(UPDATE, keys.both(ref), args);
      if (reply[0] === "too-large") return { kind: "refused", because: "too-large" };
      const session = sessionIn(ref.id, reply);
      return session === null ? { kind: "gone" } : { kind: "updated", session };
    },

    async rotate(token) {
      const ref = parseToken(token);
      if (ref === null) return null;
      const next = newToken(ref);
      const [digest, nextDigest] = await Promise.all([sha256Hex(token), sha256Hex(next)]);
      const args = [digest, ref.id, now(), idleMs, nextDigest];
      const session = sessionIn(ref.id, await redis.run<Reply>(ROTATE, keys.both(ref), args));
      return session === null ? null : { token: next, session };
    },
  };
}
