// From bindings to what the handlers use. Only here are bindings read.

import { createCache, type Cache } from "../lib/cache/index.ts";
import { createCounters, type Counters } from "../lib/counters/index.ts";
import { RedisUnavailableError } from "../lib/errors.ts";
import { createIdempotency, type Idempotency } from "../lib/idempotency/index.ts";
import { createSessionCookie, type SessionCookie } from "../lib/hono/index.ts";
import { NAME } from "../lib/keys.ts";
import { createLeaderboards, type Leaderboards } from "../lib/leaderboards/index.ts";
import { createPasswords, type Passwords } from "../lib/passwords.ts";
import { createLeases, createRateLimiter, type Leases, type RateLimiter } from "../lib/ratelimit/index.ts";
import { createConnection, type Connection, type Redis } from "../lib/redis/index.ts";
import { createSessions, type Sessions } from "../lib/sessions/index.ts";
import { createCatalogue, type Catalogue } from "./products/catalogue.ts";
import { originsOf } from "./http/cors.ts";
import { createDatabase, type Database, type Sql } from "./database/index.ts";
import { createApiKeys, type ApiKeys } from "./keys.ts";
import { ConfigurationError, type Log } from "./log.ts";
import { createPolicies, type Policies } from "./policies.ts";
import { createAccounts, type Accounts } from "./users/accounts.ts";

/** What a request's handlers use. Made anew for each: no request shares another's. */
export interface Services {
  readonly redis: Redis;
  readonly cache: Cache;
  readonly catalogue: Catalogue;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly sessionCookie: SessionCookie;
  readonly counters: Counters;
  readonly leaderboards: Leaderboards;
  readonly database: Database;
  readonly idempotency: Idempotency;
  readonly keys: ApiKeys;
  readonly limiter: RateLimiter;
  readonly policies: Policies;
  /** Origins that may call from a browser. */
  readonly origins: ReadonlySet<string>;
  /** In front of every Redis key. */
  readonly prefix: string;
  /** The deployed version's id. */
  readonly version: string;
  /** What the deployment must mend. */
  readonly configuration: readonly string[];
  readonly log: Log;
  readonly now: () => number;
}

/** What outlives a request, as long as the variables it was made of stay the same. */
interface Isolate {
  readonly connection: Connection;
  readonly keys: ApiKeys;
  /** Permits taken in advance. */
  readonly leases: Leases;
  readonly policies: Policies;
  readonly origins: ReadonlySet<string>;
  readonly configuration: readonly string[];
}

/** What of the environment is read. A secret may be missing, whatever its type says. */
export type ServicesEnv = Partial<Omit<Env, "DB" | "ASSETS">> & {
  readonly DB: Sql;
  /** "true" on a developer's machine, where there is no https. `npm run dev` sets it, and nothing deployed has it. */
  readonly DEVELOPMENT?: string;
  /** "development": limits a thousand times as wide. `npm run dev` sets it, and nothing deployed has it. */
  readonly LIMITS?: string;
};

/** Makes a request's services. @param waitUntil takes work that goes on behind the answer */
export type OpenServices = (env: ServicesEnv, waitUntil: (work: Promise<unknown>) => void) => Services;

export interface ServicesOptions {
  log: Log;
  /** How long one request to Redis may take, and twice as long as a check of limits may wait. 500 ms. */
  redisTimeoutMs?: number;
  /** How passwords are hashed. As `createPasswords` does by default. */
  passwords?: Passwords;
}

/** One per isolate. */
export function createServices({
  log,
  redisTimeoutMs = 500,
  passwords = createPasswords(),
}: ServicesOptions): OpenServices {
  let madeOf = "";
  let isolate: Isolate | undefined;

  return function openServices(env, waitUntil) {
    const of = JSON.stringify([
      env.UPSTASH_REDIS_REST_URL,
      env.UPSTASH_REDIS_REST_TOKEN,
      env.API_KEYS,
      env.CORS_ORIGINS,
      env.LIMITS,
    ]);
    if (isolate === undefined || madeOf !== of) {
      isolate = createIsolate(env, redisTimeoutMs);
      madeOf = of;
    }
    const { connection, keys, leases, policies, origins, configuration } = isolate;
    const prefix = prefixOf(env);
    const redis = connection.open();
    const warn = (event: string) => (members: PatternEvent) => {
      if (!isBreakerOpen(members)) log({ level: "warn", event, ...described(members) });
    };
    const cache = createCache({ redis, prefix, waitUntil, on: warn("cache") });
    const database = createDatabase(env.DB);
    return {
      redis,
      cache,
      catalogue: createCatalogue({ cache, database }),
      accounts: createAccounts({
        cache,
        database,
        passwords,
        waitUntil,
        onNotRehashed: (error) => log({ level: "warn", event: "password-not-rehashed", error }),
      }),
      sessions: createSessions({
        redis,
        prefix,
        waitUntil,
        on: warn("sessions"),
      }),
      sessionCookie: createSessionCookie({ secure: env.DEVELOPMENT !== "true" }),
      counters: createCounters({ redis, prefix }),
      leaderboards: createLeaderboards({ redis, prefix }),
      database,
      idempotency: createIdempotency({ redis, prefix, waitUntil }),
      keys,
      limiter: createRateLimiter({
        redis,
        prefix,
        leases,
        timeoutMs: redisTimeoutMs / 2,
        on: warn("ratelimit"),
      }),
      policies,
      origins,
      prefix,
      version: env.CF_VERSION_METADATA?.id ?? "unknown",
      configuration,
      log,
      now: Date.now,
    };
  };
}

/** Never another than the one that was meant: its keys would be another deployment's. */
function prefixOf({ KEY_PREFIX = "sedge" }: ServicesEnv): string {
  if (NAME.test(KEY_PREFIX)) return KEY_PREFIX;
  throw new ConfigurationError("KEY_PREFIX must be 1 to 128 of the characters A-Z a-z 0-9 . _ ~ : @ -");
}

/** An address that leads nowhere (RFC 6761): without a usable one, Redis is away. */
const NOWHERE = "https://redis.invalid";

/** How many times as wide limits are on a developer's machine. */
const DEVELOPMENT_WIDTH = 1_000;

function createIsolate(env: ServicesEnv, timeoutMs: number): Isolate {
  const configuration: string[] = [];
  const url = env.UPSTASH_REDIS_REST_URL ?? "";
  const token = env.UPSTASH_REDIS_REST_TOKEN ?? "";
  const usable = URL.canParse(url) && /^https?:/.test(url);
  if (!usable) configuration.push("UPSTASH_REDIS_REST_URL is not set, or no http or https URL");
  if (token === "") configuration.push("UPSTASH_REDIS_REST_TOKEN is not set");
  const keys = createApiKeys(env.API_KEYS);
  if (keys.problem !== null) configuration.push(keys.problem);
  return {
    connection: createConnection({ url: usable ? url : NOWHERE, token: token || "unset", timeoutMs }),
    keys,
    leases: createLeases(),
    policies: createPolicies({ width: env.LIMITS === "development" ? DEVELOPMENT_WIDTH : 1 }),
    origins: originsOf(env.CORS_ORIGINS),
    configuration,
  };
}

/** What a pattern tells: a cache's, sessions' or limits' event. */
interface PatternEvent {
  readonly type: string;
  readonly error?: unknown;
}

/** Of a Redis that is away, the requests that found it so are logged, not all those that were not sent since. */
const isBreakerOpen = ({ error }: PatternEvent): boolean =>
  error instanceof RedisUnavailableError && error.reason === "breaker-open";

/** An event's members, without the two that a log line has itself. */
function described({ type, ...members }: PatternEvent): Record<string, unknown> {
  return { kind: type, ...members };
}
