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
  /** What the deployment must mend. */
  readonly configuration: readonly string[];
}

/** An address that leads nowhere (RFC 6761): without a usable one, Redis is away. */
const NOWHERE = "https://redis.invalid";

/** What the free plan allows. */
const FREE_SUBREQUESTS = 50;

/** How many times as wide limits are on a developer's machine. */
const DEVELOPMENT_WIDTH = 1_000;

/** @param redisTimeoutMs how long one request to Redis may take */
export function createIsolate(settings: Settings, redisTimeoutMs: number): Isolate {
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
  const subrequests = subrequestsOf(settings.subrequests);
  if (subrequests === null) configuration.push("SUBREQUESTS is no whole number from 20 to 10000");
  return {
    connection: createConnection({
      url: usable ? url : NOWHERE,
      token: token || "unset",
      timeoutMs: redisTimeoutMs,
    }),
    keys,
    leases: createLeases(),
    policies: createPolicies({ width: isDevelopment ? DEVELOPMENT_WIDTH : 1 }),
    resolved: new Map(),
    origins: originsOf(corsOrigins),
    subrequests: subrequests ?? FREE_SUBREQUESTS,
    configuration,
  };
}

/** @returns null where it is no number that can be meant: fewer than 20 leave nothing to deliver with */
function subrequestsOf(text = String(FREE_SUBREQUESTS)): number | null {
  const count = Number(text);
  return /^\d{2,5}$/.test(text) && count >= 20 && count <= 10_000 ? count : null;
}
