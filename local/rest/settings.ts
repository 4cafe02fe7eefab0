// What the environment says about the local Redis. A bad value is an error that names its variable, never the value: it may be a secret.

import { parseRedisUrl } from "../engines/redis/url.ts";
import { DEFAULT_TOKEN } from "./app.ts";
import { isLoopback } from "./loopback.ts";

export interface RedisSettings {
  host: string;
  port: number;
  token: string;
  /** The Redis to stand before; undefined means the embedded engine. */
  redisUrl: string | undefined;
  /** Where the embedded engine keeps its data. */
  stateDir: string;
}

/** A setting that cannot be used. Its message is meant for the person who started the program. */
export class SettingError extends Error {
  override readonly name = "SettingError";
}

/** What an HTTP header can carry without quoting. */
const TOKEN = /^[\x21-\x7e]+$/;

/**
 * Reads `REDIS_REST_HOST` (127.0.0.1), `REDIS_REST_PORT` (8079), `UPSTASH_REDIS_REST_TOKEN` (`local`), `REDIS_URL` (none)
 * and `SEDGE_STATE` (`.sedge`). An empty variable counts as unset.
 * @throws SettingError naming the variable that cannot be used
 */
export function readRedisSettings(env: Readonly<Record<string, string | undefined>>): RedisSettings {
  const token = env["UPSTASH_REDIS_REST_TOKEN"] || DEFAULT_TOKEN;
  if (!TOKEN.test(token)) {
    throw new SettingError("UPSTASH_REDIS_REST_TOKEN must be printable ASCII without spaces.");
  }
  const redisUrl = env["REDIS_URL"] || undefined;
  if (redisUrl !== undefined) requireRedisUrl(redisUrl);
  return {
    host: env["REDIS_REST_HOST"] || "127.0.0.1",
    port: readPort(env["REDIS_REST_PORT"] || "8079"),
    token,
    redisUrl,
    stateDir: env["SEDGE_STATE"] || ".sedge",
  };
}

function requireRedisUrl(url: string): void {
  try {
    parseRedisUrl(url);
  } catch (cause) {
    // It says which forms there are, and never the URL.
    throw new SettingError(cause instanceof Error ? cause.message : "REDIS_URL is none.", { cause });
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new SettingError(`REDIS_REST_PORT must be a port from 0 to 65535, not "${text}".`);
}

/**
 * Holds that nobody on the network reaches the server with a token that everyone knows.
 * @throws SettingError
 */
export function requireOwnTokenBeyondLoopback(host: string, token: string): void {
  if (token === "") throw new SettingError("UPSTASH_REDIS_REST_TOKEN must not be empty.");
  if (token !== DEFAULT_TOKEN || isLoopback(host)) return;
  throw new SettingError(
    `REDIS_REST_HOST=${host} is reachable from other machines, and the token "${DEFAULT_TOKEN}" is known to everyone: ` +
      "set UPSTASH_REDIS_REST_TOKEN to one of your own.",
  );
}
