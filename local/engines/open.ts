// Picks the engine.

import type { Engine } from "../engine.ts";
import { createEmbeddedEngine } from "./embedded/engine.ts";
import { createRedisEngine } from "./redis/engine.ts";
import { EngineUnavailableError } from "./unavailable.ts";

/**
 * Opens the Redis behind the REST server.
 *
 * @param options.redisUrl a Redis, Valkey or Cluster to stand before; without it the embedded engine.
 * @param options.stateDir where the embedded engine keeps its data; null keeps it in memory only.
 * @param options.log told what a person should know of: data that could not be read or written.
 * @returns an engine that answers.
 * @throws Error whose message names REDIS_URL and the address, never the password, where that Redis cannot be reached;
 *   or the state directory, where another process holds it.
 */
export async function openEngine(options: {
  redisUrl?: string;
  stateDir: string | null;
  log: (message: string) => void;
}): Promise<Engine> {
  const { redisUrl, stateDir, log } = options;
  if (redisUrl === undefined || redisUrl === "") {
    try {
      return await createEmbeddedEngine({ stateDir, log });
    } catch (cause) {
      if (!(cause instanceof Error && "code" in cause)) throw cause;
      const why = `${stateDir} is no directory that can be written to (${String(cause.code)})`;
      throw new Error(`SEDGE_STATE: ${why}. Name another.`, { cause });
    }
  }
  try {
    return await createRedisEngine({ url: redisUrl });
  } catch (cause) {
    if (!(cause instanceof EngineUnavailableError)) throw cause;
    throw new EngineUnavailableError(`REDIS_URL: ${cause.message}. Start that Redis, or unset REDIS_URL.`, {
      cause,
    });
  }
}
