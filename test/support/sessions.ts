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
    const page = (await ask("SCAN", cursor, "MATCH", `${prefix}*`, "COUNT", "1000")) as [Buffer, Buffer[]];
    for (const key of page[1].map(String)) {
      // The index ends in its slot, a record in its id.
      const held = await (key.endsWith("}")
        ? ask("ZRANGE", key, "0", "-1", "WITHSCORES")
        : ask("HGETALL", key));
      texts.set(key, Array.isArray(held) ? held.map(String).join("\n") : "not a session's");
    }
    cursor = String(page[0]);
  } while (cursor !== "0");
  return texts;
}

/** The keys in which Redis keeps a token's session: its record, its user's index. */
export function keysOf(token: string, prefix: string): { record: string; index: string; id: string } {
  const index = `${prefix}:sessions:{${token.slice(0, 22)}}`;
  const id = token.slice(22, 38);
  return { record: `${index}:${id}`, index, id };
}
