// From bindings to what the handlers use. Only here are bindings read.

import { createCache, type Cache } from "../lib/cache/index.ts";
import { createCounters, type Counters } from "../lib/counters/index.ts";
import { createConfigs, type Configs } from "../lib/hashes/index.ts";
import { createIdempotency, type Idempotency } from "../lib/idempotency/index.ts";
import { createSessionCookie, type SessionCookie } from "../lib/hono/index.ts";
import { NAME } from "../lib/keys.ts";
import { createLeaderboards, type Leaderboards } from "../lib/leaderboards/index.ts";
import { createHistory, createQueues, type History, type Queues } from "../lib/lists/index.ts";
import { createPasswords, type Passwords } from "../lib/passwords.ts";
import {
  createEventLog,
  createLive,
  createReadTokens,
  createSubscriptions,
  type EventLog,
  type Live,
  type ReadTokens,
  type Subscriptions,
} from "../lib/pubsub/index.ts";
import { createRateLimiter, type RateLimiter } from "../lib/ratelimit/index.ts";
import type { Redis } from "../lib/redis/index.ts";
import { createSessions, type Sessions } from "../lib/sessions/index.ts";
import {
  createFollows,
  createTags,
  createTimelines,
  type Follows,
  type Tags,
  type Timelines,
} from "../lib/sets/index.ts";
import { createTokens, type Tokens } from "../lib/tokens/index.ts";
import { createAddressGuard, createResolver, type AddressGuard } from "../lib/webhooks/index.ts";
import { createCatalogue, type Catalogue } from "./products/catalogue.ts";
import { createDatabase, type Database, type Sql } from "./database/index.ts";
import { createDispatch, type Dispatch } from "./dispatch.ts";
import type { ApiKeys } from "./keys.ts";
import { ConfigurationError, type Log } from "./log.ts";
import { createMail, type MailBinding } from "./mail.ts";
import { createOutboxRelay, type OutboxRelay } from "./outbox.ts";
import type { Policies } from "./policies.ts";
import { createIsolate, type Isolate, type Settings } from "./services/isolate.ts";
import { warnings } from "./services/warnings.ts";
import { createSubscribers } from "./subscribers.ts";
import { createWebhookDelivery } from "./subscriptions/deliver.ts";
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
  readonly queues: Queues;
  readonly tags: Tags;
  readonly follows: Follows;
  readonly timelines: Timelines;
  readonly history: History;
  readonly configs: Configs;
  readonly tokens: Tokens;
  readonly events: EventLog;
  readonly live: Live;
  readonly readTokens: ReadTokens;
  readonly subscriptions: Subscriptions;
  readonly dispatch: Dispatch;
  readonly database: Database;
  readonly outbox: OutboxRelay;
  readonly idempotency: Idempotency;
  readonly keys: ApiKeys;
  readonly limiter: RateLimiter;
  readonly policies: Policies;
  /** Where webhooks may go. */
  readonly webhookAddresses: AddressGuard;
  /** Origins that may call from a browser. */
  readonly origins: ReadonlySet<string>;
  /** In front of every Redis key. */
  readonly prefix: string;
  /** Whether this is a developer's machine. */
  readonly isDevelopment: boolean;
  /** The deployed version's id. */
  readonly version: string;
  /** What the deployment must mend. */
  readonly configuration: readonly string[];
  readonly log: Log;
  readonly now: () => number;
}

/** What of the environment is read. A secret may be missing, whatever its type says. */
export type ServicesEnv = Partial<Omit<Env, "DB" | "ASSETS" | "MAIL">> & {
  readonly DB: Sql;
  readonly MAIL?: MailBinding | undefined;
  /** "true" on a developer's machine, where there is no https. `npm run dev` sets it, and nothing deployed has it. */
  readonly DEVELOPMENT?: string;
  /** "true": webhooks may go to private and local addresses, and by http. `npm run dev` sets it, and nothing deployed has it. */
  readonly WEBHOOKS_LOCAL?: string;
  /** "development": limits a thousand times as wide. `npm run dev` sets it, and nothing deployed has it. */
  readonly LIMITS?: string;
};

/** Makes a request's services. @param waitUntil takes work that goes on behind the answer */
export type OpenServices = (env: ServicesEnv, waitUntil: (work: Promise<unknown>) => void) => Services;

export interface ServicesOptions {
  log: Log;
  /** How long one request to Redis may take where REDIS_TIMEOUT_MS does not say; a check of limits waits half as long. 500 ms. */
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
    const settings = settingsOf(env);
    const of = JSON.stringify(settings);
    if (isolate === undefined || madeOf !== of) {
      isolate = createIsolate(settings, redisTimeoutMs);
      madeOf = of;
    }
    const { connection, keys, leases, policies, origins, configuration } = isolate;
    const prefix = prefixOf(env);
    const isDevelopment = env.DEVELOPMENT === "true";
    const redis = connection.open();
    const warn = warnings(log);
    const cache = createCache({ redis, prefix, waitUntil, on: warn("cache") });
    const database = createDatabase(env.DB);
    const events = createEventLog({ redis, prefix });
    const names = createResolver({ resolved: isolate.resolved });
    const subscribers = createSubscribers({ database, mail: createMail(env.MAIL, env.MAIL_FROM) });
    const webhookAddresses = createAddressGuard({
      resolve: names.resolve,
      local: env.WEBHOOKS_LOCAL === "true",
    });
    const dispatch = createDispatch({
      redis,
      prefix,
      subscribers,
      deliver: createWebhookDelivery({ addresses: webhookAddresses }),
      subrequests: isolate.subrequests,
      otherSubrequests: () => names.requests,
      waitUntil,
      on: warn("dispatch"),
    });
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
      sessionCookie: createSessionCookie({ secure: !isDevelopment }),
      counters: createCounters({ redis, prefix }),
      leaderboards: createLeaderboards({ redis, prefix }),
      queues: createQueues({ redis, prefix }),
      tags: createTags({ redis, prefix }),
      follows: createFollows({ redis, prefix }),
      timelines: createTimelines({ redis, prefix }),
      history: createHistory({ redis, prefix }),
      configs: createConfigs({ redis, prefix }),
      tokens: createTokens({ redis, prefix }),
      events,
      live: createLive({
        redis,
        log: events,
        subscribe: connection.subscribe,
        prefix,
        subrequests: isolate.subrequests - STREAM_RESERVE,
        on: warn("live"),
      }),
      readTokens: createReadTokens({ redis, prefix }),
      subscriptions: createSubscriptions({ redis, prefix, subscribers }),
      dispatch,
      database,
      outbox: createOutboxRelay({
        outbox: database.outbox,
        events,
        dispatch,
        waitUntil,
        on: warn("outbox"),
      }),
      idempotency: createIdempotency({ redis, prefix, waitUntil }),
      keys,
      limiter: createRateLimiter({
        redis,
        prefix,
        leases,
        timeoutMs: isolate.redisTimeoutMs / 2,
        on: warn("ratelimit"),
      }),
      policies,
      webhookAddresses,
      origins,
      prefix,
      isDevelopment,
      version: env.CF_VERSION_METADATA?.id ?? "unknown",
      configuration,
      log,
      now: Date.now,
    };
  };
}

/** Subrequests that a stream leaves for what goes on beside it: permits of limits. */
const STREAM_RESERVE = 5;

/** What an isolate is made of. */
function settingsOf(env: ServicesEnv): Settings {
  return {
    redisUrl: env.UPSTASH_REDIS_REST_URL ?? "",
    redisToken: env.UPSTASH_REDIS_REST_TOKEN ?? "",
    apiKeys: env.API_KEYS,
    corsOrigins: env.CORS_ORIGINS,
    isDevelopment: env.LIMITS === "development",
    mailFrom: env.MAIL_FROM,
    hasMail: env.MAIL !== undefined,
    subrequests: env.SUBREQUESTS,
    redisTimeoutMs: env.REDIS_TIMEOUT_MS,
  };
}

/** Never another than the one that was meant: its keys would be another deployment's. */
function prefixOf({ KEY_PREFIX = "sedge" }: ServicesEnv): string {
  if (NAME.test(KEY_PREFIX)) return KEY_PREFIX;
  throw new ConfigurationError("KEY_PREFIX must be 1 to 128 of the characters A-Z a-z 0-9 . _ ~ : @ -");
}
