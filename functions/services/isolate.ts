// What outlives a request, as long as the settings it was made of stay the same.

import { createLeases, type Leases } from "../../lib/ratelimit/index.ts";
import { createConnection, type Connection } from "../../lib/redis/index.ts";
import type { ResolvedNames } from "../../lib/webhooks/index.ts";
import { originsOf } from "../http/cors.ts";
import { createApiKeys, type ApiKeys } from "../keys.ts";
import { senderProblem } from "../mail.ts";
import { createPolicies, type Policies } from "../policies.ts";

/** What the deployment says, as it stands in its variables and secrets: any of them may be missing or wrong. */
export interface Settings {
  readonly redisUrl: string;
  readonly redisToken: string;
  readonly apiKeys: string | undefined;
  readonly corsOrigins: string | undefined;
  /** Limits are wide. */
  readonly isDevelopment: boolean;
  readonly mailFrom: string | undefined;
  /** There is a binding to send mail by. */
  readonly hasMail: boolean;
  readonly subrequests: string | undefined;
  readonly redisTimeoutMs: string | undefined;
}

/** One for all requests of an isolate. */
export interface Isolate {
  readonly connection: Connection;
  readonly keys: ApiKeys;
  /** Permits taken in advance. */
  readonly leases: Leases;
  readonly policies: Policies;
  /** Addresses behind names, of webhooks. */
  readonly resolved: ResolvedNames;
  readonly origins: ReadonlySet<string>;
  /** How many subrequests an invocation may make. */
  readonly subrequests: number;
  /** How long one request to Redis may take. */
  readonly redisTimeoutMs: number;
  /** What the deployment must mend. */
  readonly configuration: readonly string[];
}

/** An address that leads nowhere (RFC 6761): without a usable one, Redis is away. */
const NOWHERE = "https://redis.invalid";

/** What the free plan allows. */
const FREE_SUBREQUESTS = 50;

/** How many times as wide limits are on a developer's machine. */
const DEVELOPMENT_WIDTH = 1_000;

/** @param defaultTimeoutMs how long one request to Redis may take where the settings do not say */
export function createIsolate(settings: Settings, defaultTimeoutMs: number): Isolate {
  const { redisUrl: url, redisToken: token, apiKeys, corsOrigins, isDevelopment } = settings;
  const configuration: string[] = [];
  const usable = URL.canParse(url) && /^https?:/.test(url);
  if (!usable) configuration.push("UPSTASH_REDIS_REST_URL is not set, or no http or https URL");
  if (token === "") configuration.push("UPSTASH_REDIS_REST_TOKEN is not set");
  const keys = createApiKeys(apiKeys);
  if (keys.problem !== null) configuration.push(keys.problem);
  const sender = senderProblem(settings.mailFrom);
  if (sender !== null) configuration.push(sender);
  if (!settings.hasMail) configuration.push("MAIL, the send_email binding, is missing: no mail is sent");
  // Fewer subrequests than 20 leave nothing to deliver with.
  const subrequests = wholeOf(settings.subrequests, 20, 10_000) ?? FREE_SUBREQUESTS;
  if (Number.isNaN(subrequests)) configuration.push("SUBREQUESTS is no whole number from 20 to 10000");
  const timeoutMs = wholeOf(settings.redisTimeoutMs, 50, 10_000) ?? defaultTimeoutMs;
  if (Number.isNaN(timeoutMs)) configuration.push("REDIS_TIMEOUT_MS is no whole number from 50 to 10000");
  const redisTimeoutMs = timeoutMs || defaultTimeoutMs;
  return {
    connection: createConnection({
      url: usable ? url : NOWHERE,
      token: token || "unset",
      timeoutMs: redisTimeoutMs,
    }),
    redisTimeoutMs,
    keys,
    leases: createLeases(),
    policies: createPolicies({ width: isDevelopment ? DEVELOPMENT_WIDTH : 1 }),
    resolved: new Map(),
    origins: originsOf(corsOrigins),
    subrequests: subrequests || FREE_SUBREQUESTS,
    configuration,
  };
}

/** @returns undefined where nothing is said, NaN where it cannot be meant */
function wholeOf(text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  return /^\d{1,5}$/.test(text) && number >= least && number <= most ? number : Number.NaN;
}
