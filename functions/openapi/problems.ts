// The problems that routes answer with, and the headers that stand on every answer.

import { resolver } from "hono-openapi";
import * as v from "valibot";
import { CACHE_STATUS, header, IDEMPOTENCY_REPLAYED } from "../http/openapi.ts";
import { PROBLEMS, problemType, type ProblemSlug } from "../http/problems.ts";

/** As components: on every answer, and on those below /v1. */
export const HEADERS = {
  "X-Request-Id": header("Names the request, also in a problem's `instance`.", "8f3a6d1c2b4e5f60-FRA"),
  "RateLimit-Policy": header(
    "The limits it was under: how much, in how many seconds.",
    '"public";q=300;w=60',
  ),
  RateLimit: header("What is left of them, and the seconds until there is more.", '"public";r=299;t=60'),
  "Server-Timing": header("What it cost in Redis.", 'redis;dur=12.3;desc="trips=1 commands=4"'),
};

const references = (...names: (keyof typeof HEADERS)[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

/** What stands on every answer of a path. */
export const headersOf = (path: string) =>
  path.startsWith("/v1/")
    ? references("X-Request-Id", "RateLimit-Policy", "RateLimit", "Server-Timing")
    : path === "/readyz"
      ? references("X-Request-Id", "Server-Timing")
      : references("X-Request-Id");

/** What every problem has. */
const standard = {
  type: v.pipe(v.string(), v.url(), v.description("The kind of error: a link to its documentation.")),
  title: v.string(),
  status: v.pipe(v.number(), v.integer()),
  detail: v.optional(v.string()),
  instance: v.pipe(v.string(), v.description("The id of the request, also in X-Request-Id.")),
  errors: v.optional(
    v.pipe(
      v.array(v.object({ path: v.string(), message: v.string() })),
      v.description("What is wrong with the input, and where."),
    ),
  ),
  "violated-policies": v.optional(
    v.pipe(v.array(v.string()), v.description("With 429: the limits that were reached.")),
  ),
};

const problemSchema = v.pipe(
  v.object(standard),
  v.metadata({
    ref: "Problem",
    description: "An error as RFC 9457 has it. A kind of error may have members of its own.",
  }),
);

const notReady = v.pipe(
  v.object({
    ...standard,
    redis: v.picklist(["ok", "unavailable"]),
    database: v.picklist(["ok", "unavailable"]),
    scheduled: v.pipe(
      v.picklist(["ok", "late", "never", "unknown"]),
      v.description("`unknown` where Redis is away, which knows."),
    ),
    lastScheduledRunAgeSeconds: v.nullable(v.pipe(v.number(), v.integer())),
    configuration: v.pipe(v.array(v.string()), v.description("Variables that cannot be used, by name.")),
  }),
  v.metadata({ ref: "NotReady", description: "A problem, and what is not ready." }),
);

interface Occurrence {
  headers?: Record<string, ReturnType<typeof header>>;
  /** In its example. */
  members?: object;
}

const CHALLENGE = header("What the caller has to show.", 'Bearer realm="sedge"');
const RETRY_AFTER = header("Seconds until a repeat makes sense.", "1");

/** What a kind of problem has that others have not. */
const OWN: Partial<Record<ProblemSlug, Occurrence>> = {
  "bad-request": {
    headers: CACHE_STATUS,
    members: {
      errors: [{ path: "name", message: "must be 1 to 128 of the characters A-Z a-z 0-9 . _ ~ : @ -" }],
    },
  },
  unauthorized: {
    headers: { "WWW-Authenticate": CHALLENGE },
    members: { detail: "Send the key as `Authorization: Bearer KEY`." },
  },
  forbidden: {
    headers: { "WWW-Authenticate": CHALLENGE },
    members: { detail: "The key needs the scope counters:write." },
  },
  "not-found": { headers: CACHE_STATUS },
  conflict: { headers: { "Retry-After": RETRY_AFTER, ...IDEMPOTENCY_REPLAYED } },
  "internal-error": { headers: IDEMPOTENCY_REPLAYED },
  "quota-exceeded": {
    headers: { "Retry-After": header("Seconds until the call would pass.", "12") },
    members: { detail: "Try again in 12 seconds.", "violated-policies": ["public"] },
  },
  "redis-unavailable": {
    headers: { "Retry-After": RETRY_AFTER },
    members: { detail: "This cannot be done without Redis, which does not answer. Try again." },
  },
  "not-ready": {
    headers: { "Retry-After": RETRY_AFTER },
    members: {
      redis: "unavailable",
      database: "ok",
      scheduled: "unknown",
      lastScheduledRunAgeSeconds: null,
      configuration: [],
    },
  },
};

/** As components, by their slugs. No operation answers that its method is not allowed. */
export const problemResponses = Object.fromEntries(
  (Object.keys(PROBLEMS) as ProblemSlug[])
    .filter((slug) => slug !== "method-not-allowed")
    .map((slug) => {
      const { status, title } = PROBLEMS[slug];
      const { headers = {}, members = {} } = OWN[slug] ?? {};
      return [
        slug,
        {
          description: title,
          headers: { ...headersOf(slug === "not-ready" ? "/readyz" : "/v1/"), ...headers },
          content: {
            "application/problem+json": {
              schema: resolver(slug === "not-ready" ? notReady : problemSchema),
              example: {
                type: problemType(slug),
                title,
                status,
                instance: "8f3a6d1c2b4e5f60-FRA",
                ...members,
              },
            },
          },
        },
      ];
    }),
);
