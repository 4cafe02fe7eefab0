// The variables of `npm run dev`, read and checked before anything starts.

import { resolve } from "node:path";
import { readRedisSettings, type RedisSettings, SettingError } from "../rest/settings.ts";
import { developmentApiKeys } from "./api-keys.ts";

/** The Redis that the Worker will use: one served here, or one that is there already. */
export type RedisSetting =
  | ({ kind: "local" } & Omit<RedisSettings, "stateDir">)
  | { kind: "remote"; url: string; token: string };

export interface DevSettings {
  /** The Worker's port. */
  port: number;
  redis: RedisSetting;
  /** Where local data is kept, absolute. */
  stateDir: string;
  /** Rate limits a thousand times as wide, or the real ones. */
  limits: "development" | "production";
  cronEverySeconds: number;
  /** JSON, as the Worker's secret of that name. */
  apiKeys: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const DAY_SECONDS = 86_400;

/**
 * Reads the settings of the dev runner.
 * @param env the environment; an empty variable counts as unset
 * @param cwd what a relative `SEDGE_STATE` is relative to
 * @throws SettingError naming the variable that is wrong; never with the value of a secret in it
 */
export function readSettings(env: Environment, cwd: string): DevSettings {
  const port = integer(env, "PORT", 8787, 1, 65_535);
  const { stateDir, ...local } = readRedisSettings(env);
  const redis = remoteRedis(env) ?? { kind: "local" as const, ...local };
  if (redis.kind === "local" && redis.port === port) {
    throw new SettingError(`REDIS_REST_PORT and PORT are both ${port}, but each needs a port of its own.`);
  }
  return {
    port,
    redis,
    stateDir: resolve(cwd, stateDir),
    limits: limits(env["LIMITS"]),
    cronEverySeconds: integer(env, "CRON_EVERY_SECONDS", 60, 1, DAY_SECONDS),
    apiKeys: developmentApiKeys(env["API_KEYS"]),
  };
}

function remoteRedis(env: Environment): RedisSetting | null {
  const url = env["UPSTASH_REDIS_REST_URL"];
  if (!url) return null;
  if (env["REDIS_URL"]) {
    throw new SettingError(
      "REDIS_URL and UPSTASH_REDIS_REST_URL are both set: unset the one that is not meant.",
    );
  }
  if (!URL.canParse(url) || !/^https?:\/\//i.test(url)) {
    throw new SettingError("UPSTASH_REDIS_REST_URL must begin with https:// or http://.");
  }
  const token = env["UPSTASH_REDIS_REST_TOKEN"];
  if (!token) throw new SettingError("UPSTASH_REDIS_REST_TOKEN is missing: UPSTASH_REDIS_REST_URL needs it.");
  return { kind: "remote", url, token };
}

function integer(env: Environment, name: string, fallback: number, least: number, most: number): number {
  const text = env[name] || String(fallback);
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new SettingError(`${name} must be a whole number from ${least} to ${most}, not "${text}".`);
}

function limits(text: string | undefined): DevSettings["limits"] {
  if (text === undefined || text === "" || text === "development") return "development";
  if (text === "production") return "production";
  throw new SettingError(`LIMITS must be "production" or unset, not "${text}".`);
}
