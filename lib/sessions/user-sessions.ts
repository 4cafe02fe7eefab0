// A user's sessions: which there are, and their end by id.

import { lives } from "./record.ts";
import { LIVING, REVOKE } from "./scripts.ts";
import type { SessionSettings } from "./settings.ts";
import { isSessionId, ownerOf } from "./token.ts";
import type { Sessions, SessionSummary } from "./types.ts";

/** Sessions ended in one script. */
const CHUNK = 500;

/** How often it is looked for those who signed in meanwhile. */
const LOOKS = 5;

type Ended = readonly [ended: number, ...left: string[]];

export function createUserSessions(
  settings: SessionSettings,
): Pick<Sessions, "list" | "revoke" | "revokeAll"> {
  const { redis, keys, now, idleMs } = settings;

  const living = (owner: string): Promise<string[]> =>
    redis.run<string[]>(LIVING, [keys.index(owner)], [now()]);

  function revokeMany(owner: string, ids: readonly string[]): Promise<Ended> {
    const records = ids.map((id) => keys.record({ owner, id }));
    return redis.run<Ended>(REVOKE, [keys.index(owner), ...records], ids);
  }

  /** One session as the list shows it; null where it has ended since the index was read. */
  async function summaryOf(owner: string, id: string, current?: string): Promise<SessionSummary | null> {
    const [created, seen, end, ip = null, userAgent = null] = await redis.send<(string | null)[]>(
      (pipeline) => pipeline.hmget(keys.record({ owner, id }), "created", "seen", "end", "ip", "agent"),
    );
    const times = { created: Number(created), seen: Number(seen), end: Number(end) };
    if (!lives(times, now(), idleMs)) return null;
    return {
      id,
      current: id === current,
      createdAt: new Date(times.created),
      lastSeenAt: new Date(times.seen),
      ip,
      userAgent,
    };
  }

  return {
    async list(userId, current) {
      const owner = await ownerOf(userId);
      const ids = await living(owner);
      const summaries = await Promise.all(ids.map((id) => summaryOf(owner, id, current)));
      return summaries
        .filter((summary) => summary !== null)
        .toSorted((one, other) => other.lastSeenAt.getTime() - one.lastSeenAt.getTime());
    },

    async revoke(userId, id) {
      if (!isSessionId(id)) return false;
      const [ended] = await revokeMany(await ownerOf(userId), [id]);
      return ended === 1;
    },

    async revokeAll(userId, { except } = {}) {
      const owner = await ownerOf(userId);
      let left = await living(owner);
      let total = 0;
      for (let looks = 0; looks < LOOKS; looks += 1) {
        const ids = left.filter((id) => id !== except);
        if (ids.length === 0) break;
        const chunks = Array.from({ length: Math.ceil(ids.length / CHUNK) }, (_, i) =>
          ids.slice(i * CHUNK, (i + 1) * CHUNK),
        );
        // In one trip and in this order: what the last one leaves is what is left.
        const replies = await Promise.all(chunks.map((chunk) => revokeMany(owner, chunk)));
        for (const [ended] of replies) total += ended;
        [, ...left] = replies.at(-1) ?? [0];
      }
      return total;
    },
  };
}
