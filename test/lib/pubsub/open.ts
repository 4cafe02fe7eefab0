// A log as one request of one isolate has it, on a Redis of the test's own.

import { createEventLog, type EventLogOptions } from "../../../lib/pubsub/index.ts";
import { createBreaker, createConnection, type Redis } from "../../../lib/redis/index.ts";
import type { Engine, EngineReply } from "../../../local/engine.ts";

export interface Target {
  url: string;
  token: string;
  /** In front of every key: another for each log. */
  prefix: string;
}

export function openRedis({ url, token }: Target, timeoutMs = 5_000): Redis {
  // Tests that take Redis away want its faults as they are, not a breaker's.
  const breaker = createBreaker({ failures: 1_000 });
  return createConnection({ url, token, timeoutMs, breaker }).open();
}

export function openLog(
  target: Target,
  { timeoutMs, ...options }: Partial<EventLogOptions> & { timeoutMs?: number } = {},
) {
  return createEventLog({ redis: openRedis(target, timeoutMs), prefix: target.prefix, ...options });
}

/** Runs one command past the log. */
export async function ask(engine: Engine, ...words: string[]): Promise<EngineReply | undefined> {
  return (await engine.pipeline([words.map((word) => Buffer.from(word))]))[0];
}

/** The text in a field of a hash; null where there is none. */
export async function field(engine: Engine, key: string, name: string): Promise<string | null> {
  const reply = await ask(engine, "HGET", key, name);
  return Buffer.isBuffer(reply) ? reply.toString() : null;
}
