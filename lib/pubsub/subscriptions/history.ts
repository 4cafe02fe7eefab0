// What came of a subscription's deliveries: its attempts, its dead letters, and these given back.

import type { Redis } from "../../redis/index.ts";
import { BEGINNING, compareIds, isPosition } from "../ids.ts";
import type { ChannelEvent } from "../types.ts";
import type { SubscriptionKeys } from "./keys.ts";
import { checkLimit, pageOf } from "./page.ts";
import { DEAD, REPLAY } from "./scripts.ts";
import type { DeadLetter, DeliveryAttempt, Subscriber, Subscriptions } from "./types.ts";

/** The number of an attempt; 1 is the first. */
const ATTEMPT = /^[1-9]\d{0,14}$/;
/** No entry of a stream is at the beginning, and Redis reads nothing back from before it. */
const isEntry = (text: string): boolean => isPosition(text) && compareIds(text, BEGINNING) > 0;

const REPLAYED_AT_ONCE = 100;
const REPLAY_STEPS = 20;

/** An attempt as it is kept, with its number among all of the subscription's. */
export type KeptAttempt = DeliveryAttempt & { readonly n: number };

/** A stream's entry: `id` of the event, `attempts`, `status` or "-", `event` as JSON, `at` milliseconds since 1970. */
type Letter = readonly [entry: string, fields: readonly string[]];

export interface HistoryOptions {
  redis: Redis;
  keys: SubscriptionKeys;
  inCode: ReadonlyMap<string, Subscriber>;
  now: () => number;
}

export function createHistory({
  redis,
  keys,
  inCode,
  now,
}: HistoryOptions): Pick<Subscriptions, "deliveries" | "dead" | "replay"> {
  async function exists(id: string): Promise<boolean> {
    return inCode.has(id) || (await redis.send<number>((p) => p.hexists(keys.subscriptions, id))) === 1;
  }

  return {
    async deliveries(id, { cursor, limit: most } = {}) {
      const limit = checkLimit(most);
      if (cursor !== undefined && !ATTEMPT.test(cursor)) throw new RangeError("cursor is none of this list");
      const before = cursor === undefined ? Number.POSITIVE_INFINITY : Number(cursor);
      const [there, texts] = await Promise.all([
        exists(id),
        redis.send<string[]>((pipeline) => pipeline.lrange(keys.attempts(id), 0, -1)),
      ]);
      if (!there) return null;
      const kept = texts.map((text) => JSON.parse(text) as KeptAttempt).filter(({ n }) => n < before);
      const { items, next } = pageOf(kept, limit, ({ n }) => String(n));
      return { items: items.map(attemptOf), next };
    },

    async dead(id, { cursor, limit: most } = {}) {
      const limit = checkLimit(most);
      if (cursor !== undefined && !isEntry(cursor)) throw new RangeError("cursor is none of this list");
      const from = cursor === undefined ? "+" : `(${cursor}`;
      const [there, [more, letters]] = await Promise.all([
        exists(id),
        redis.run<[more: 0 | 1, letters: Letter[]]>(DEAD, [keys.dead(id)], [from, limit]),
      ]);
      if (!there) return null;
      return { items: letters.map(letterOf), next: more === 1 ? (letters.at(-1)?.[0] ?? null) : null };
    },

    async replay(id) {
      const names = [keys.subscriptions, keys.log.agenda, keys.dead(id), keys.due(id), keys.pending(id)];
      let replayed = 0;
      for (let step = 0; step < REPLAY_STEPS; step += 1) {
        const [moved, more = 0] = await redis.run<[number, number?]>(REPLAY, names, [
          id,
          inCode.has(id) ? 1 : 0,
          REPLAYED_AT_ONCE,
          now(),
        ]);
        if (moved < 0) return null;
        replayed += moved;
        if (more === 0) break;
      }
      return replayed;
    },
  };
}

function attemptOf({ eventId, attempt, status, at, durationMs, error }: KeptAttempt): DeliveryAttempt {
  return { eventId, attempt, status, at, durationMs, error };
}

function letterOf([, fields]: Letter): DeadLetter {
  const [, , , attempts, , status, , event = "null", , at] = fields;
  return {
    event: JSON.parse(event) as ChannelEvent,
    attempts: Number(attempts),
    lastStatus: status === "-" ? null : Number(status),
    deadAt: new Date(Number(at)).toISOString(),
  };
}
