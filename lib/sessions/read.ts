// A session by its token, and its renewal behind the answer.

import { sha256Hex } from "../digest.ts";
import { lives, parseRecord, sessionOf } from "./record.ts";
import { RENEW } from "./scripts.ts";
import type { SessionSettings } from "./settings.ts";
import { parseToken, type SessionRef } from "./token.ts";
import type { Session } from "./types.ts";

export function createRead({ redis, keys, idleMs, renewEveryMs, now, behind, on }: SessionSettings) {
  /** The script decides again whether it is due: of many readers at once one writes. */
  async function renew(ref: SessionRef, digest: string, at: number): Promise<void> {
    try {
      await redis.run(RENEW, keys.both(ref), [digest, ref.id, at, idleMs, renewEveryMs]);
    } catch (error) {
      on({ type: "renewal-failed", error });
    }
  }

  return async function read(token: string): Promise<Session | null> {
    const ref = parseToken(token);
    if (ref === null) return null;
    // The command goes out in this tick, with those of others; the token is hashed meanwhile.
    const [flat, digest] = await Promise.all([
      redis.send<string[] | null>((pipeline) => pipeline.hgetall(keys.record(ref))),
      sha256Hex(token),
    ]);
    const at = now();
    const record = parseRecord(flat ?? []);
    // How long the comparison of two digests takes tells nothing of a token that has them.
    if (record === null || record.token !== digest || !lives(record, at, idleMs)) return null;
    if (at - record.seen < renewEveryMs) return sessionOf(ref.id, record, idleMs);
    behind(renew(ref, digest, at));
    return sessionOf(ref.id, { ...record, seen: at }, idleMs);
  };
}
