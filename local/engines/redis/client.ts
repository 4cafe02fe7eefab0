// How every connection to a Redis is made.

import { Redis, ReplyError } from "ioredis";
import type { RedisOptions } from "ioredis";
import { EngineUnavailableError } from "../unavailable.ts";
import type { Address, RedisTarget } from "./url.ts";
import { showAddress } from "./url.ts";

export interface ClientSettings {
  readonly target: RedisTarget;
  readonly connectTimeoutMs: number;
  readonly commandTimeoutMs: number;
}

const RETRY_FIRST_MS = 50;
const RETRY_MOST_MS = 1_000;

/**
 * The error of a Redis that cannot be asked. ioredis's own errors carry the command, passwords and values included, so
 * only their text goes along.
 */
export function unavailable(what: string, error: unknown): EngineUnavailableError {
  const reason = error instanceof Error && error.message ? error.message : String(error);
  return new EngineUnavailableError(`${what}: ${reason}`);
}

/**
 * Makes a client and waits until it is ready. From then on it reconnects by itself, and commands given to it while it
 * is disconnected fail at once.
 *
 * @param prepare called before the first connection.
 * @throws EngineUnavailableError where the first connection fails, or is refused (password, database).
 */
export async function connectClient(
  { target, connectTimeoutMs }: ClientSettings,
  address: Address,
  options: RedisOptions,
  prepare: (redis: Redis) => void,
): Promise<Redis> {
  let connected = false;
  let failure: unknown;
  const redis = new Redis({
    ...address,
    ...(target.username !== undefined && { username: target.username }),
    ...(target.password !== undefined && { password: target.password }),
    ...(target.tls && { tls: { servername: address.host } }),
    db: target.database,
    lazyConnect: true,
    connectTimeout: connectTimeoutMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    disableClientInfo: true,
    retryStrategy: (times) => (connected ? Math.min(RETRY_FIRST_MS * 2 ** times, RETRY_MOST_MS) : null),
    ...options,
  });
  // Without a listener ioredis prints them. Later ones show in the commands that fail.
  redis.on("error", (error) => {
    failure ??= error;
    // A database that is refused is told as an error only: every command would run on another one.
    if (error instanceof ReplyError) redis.stream.destroy();
  });
  // A Redis that takes the connection and stays silent would keep it waiting for ever.
  let silence: NodeJS.Timeout | undefined;
  redis.on("connect", () => {
    silence = setTimeout(() => redis.stream.destroy(), connectTimeoutMs);
  });
  for (const event of ["ready", "close"]) redis.on(event, () => clearTimeout(silence));
  prepare(redis);
  try {
    await withTimeout(redis.connect(), connectTimeoutMs);
    // The refusal and the sign of being ready may have come together.
    if (failure !== undefined) throw failure;
  } catch (error) {
    redis.disconnect();
    throw unavailable(`Redis at ${showAddress(address)} cannot be reached`, failure ?? error);
  }
  connected = true;
  return redis;
}

/** Rejects where the promise has not settled within the time. */
export async function withTimeout<Value>(promise: Promise<Value>, ms: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
