// Sessions as requests of several isolates have them, on one Redis.

import { createBreaker, createConnection, type Redis } from "../../lib/redis/index.ts";
import {
  createSessions,
  type SessionEvent,
  type Sessions,
  type SessionsOptions,
} from "../../lib/sessions/index.ts";
import type { TestRedis } from "./redis.ts";

type Target = Pick<TestRedis, "url" | "token" | "prefix">;

export interface SessionsIsolate {
  sessions: Sessions;
  redis: Redis;
  events: SessionEvent[];
  /** Resolves when all work behind answers has ended, and forgets it. */
  settled(): Promise<void>;
}

/** @param through stands between the sessions and Redis: holds a command back, or puts them in an order */
export function openSessions(
  target: Target,
  options: Partial<SessionsOptions> & { timeoutMs?: number; through?: (redis: Redis) => Redis } = {},
): SessionsIsolate {
  const { timeoutMs = 5_000, through = (redis: Redis) => redis, ...rest } = options;
  const { url, token, prefix } = target;
  const redis = createConnection({ url, token, timeoutMs, breaker: createBreaker() }).open();
  const events: SessionEvent[] = [];
  const behind = new Set<Promise<unknown>>();
  const sessions = createSessions({
    redis: through(redis),
    prefix,
    waitUntil: (work) => void behind.add(work),
    on: (event) => void events.push(event),
    ...rest,
  });
  return {
    sessions,
    redis,
    events,
    async settled() {
      while (behind.size > 0) {
        const work = [...behind];
        behind.clear();
        await Promise.all(work);
      }
    },
  };
}

let users = 0;
/** A user no other test has. */
export const newUser = (): string => `user:${(users += 1)}`;

/** Every key of this test file and what it holds, as one text each. */
export async function everything({ engine, prefix }: TestRedis): Promise<Map<string, string>> {
  const ask = async (...words: string[]) =>
    (await engine.pipeline([words.map((word) => Buffer.from(word))]))[0];
  const texts = new Map<string, string>();
  let cursor = "0";
  do {
    const [next, keys] = (await ask("SCAN", cursor, "MATCH", `${prefix}*`, "COUNT", "1000")) as [
      Buffer,
      Buffer[],
    ];
    for (const key of keys.map(String)) {
      const hash = await ask("HGETALL", key);
      const held = Array.isArray(hash) ? hash : await ask("ZRANGE", key, "0", "-1", "WITHSCORES");
      texts.set(key, Array.isArray(held) ? held.map(String).join("\n") : String(held));
    }
    cursor = String(next);
  } while (cursor !== "0");
  return texts;
}
