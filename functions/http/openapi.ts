// The parts that the routes' descriptions are made of, and the document around them (OpenAPI 3.1).

import { resolver, type DescribeRouteOptions, type GenerateSpecOptions } from "hono-openapi";
import * as v from "valibot";
import { PROBLEMS, problemType, type ProblemSlug } from "./problems.ts";

type Response = NonNullable<DescribeRouteOptions["responses"]>[string];
type Responses = Record<string, Response>;
type Headers = Record<string, { description: string; schema: { type: "string"; examples?: string[] } }>;

const header = (description: string, ...examples: string[]): Headers[string] => ({
  description,
  schema: { type: "string", ...(examples.length === 0 ? {} : { examples }) },
});

const parameter = (name: string, description: string, schema: object = {}) => ({
  in: "header" as const,
  name,
  description,
  schema: { type: "string" as const, ...schema },
});

export const IF_NONE_MATCH = parameter(
  "If-None-Match",
  "The ETag of what you have: 304 where it still is the same.",
);

export const IF_MATCH = parameter(
  "If-Match",
  "The ETag of what is to be changed, several of them, or `*` for any: 412 where it is another by now.",
);

export const IDEMPOTENCY_KEY = parameter(
  "Idempotency-Key",
  "A repeat with the same key and body within 24 hours answers what the first answered.",
  { minLength: 1, maxLength: 255, pattern: "^[\\x20-\\x7e]+$" },
);

export const IDEMPOTENCY_REPLAYED: Headers = {
  "Idempotency-Replayed": header("`true` where this is the answer to an earlier request.", "true"),
};

export const ETAG: Headers = { ETag: header("Changes whenever the body does.") };

export const CACHED_HEADERS: Headers = {
  ...ETAG,
  "Cache-Status": header(
    "Where the answer comes from (RFC 9211).",
    "sedge; hit; ttl=240",
    "sedge; fwd=miss; stored",
    "sedge; fwd=miss; collapsed",
    "sedge; fwd=stale",
    "sedge; fwd=bypass; detail=redis-unavailable",
  ),
};

export const NOT_MODIFIED: Response = { description: "It is what you have.", headers: CACHED_HEADERS };

/** A JSON answer. */
export const answer = (description: string, schema: v.GenericSchema, headers: Headers = {}): Response => ({
  description,
  headers,
  content: { "application/json": { schema: resolver(schema) } },
});

/** The problems a route answers with. Those of one status share a response: its `type` tells them apart. */
export function problems(...slugs: ProblemSlug[]): Responses {
  return Object.fromEntries(
    slugs.map((slug) => [PROBLEMS[slug].status, { $ref: `#/components/responses/${slug}` }]),
  );
}

/** The route needs a key with this scope. */
export const withScope = (scope: string) => ({ security: [{ key: [scope] }] });

/** The route needs the cookie of somebody who is signed in. */
export const withSession = { security: [{ session: [] }] };

export const SET_COOKIE: Headers = {
  "Set-Cookie": header("The session's token: `__Host-session`, Secure, HttpOnly, SameSite=Lax."),
};

const problemSchema = v.pipe(
  v.object({
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
  }),
  v.metadata({ ref: "Problem" }),
);

/** What a kind of problem has that others have not. */
const OWN: Partial<Record<ProblemSlug, { headers: Headers; members: object }>> = {
  "quota-exceeded": {
    headers: {
      "RateLimit-Policy": header("The limits: how much, in how many seconds.", '"public";q=300;w=60'),
      RateLimit: header("What is left, and the seconds until there is more.", '"public";r=0;t=12'),
      "Retry-After": header("The seconds until the call would pass.", "12"),
    },
    members: { "violated-policies": ["public"] },
  },
};

const problemResponses = Object.fromEntries(
  Object.entries(PROBLEMS).map(([slug, { status, title }]) => [
    slug,
    {
      description: title,
      headers: OWN[slug as ProblemSlug]?.headers ?? {},
      content: {
        "application/problem+json": {
          schema: resolver(problemSchema),
          example: {
            type: problemType(slug as ProblemSlug),
            title,
            status,
            instance: "8f3a6d1c2b4e5f60-FRA",
            ...OWN[slug as ProblemSlug]?.members,
          },
        },
      },
    },
  ]),
);

export const DOCUMENT: Partial<GenerateSpecOptions> = {
  excludeStaticFile: false,
  // Each route names its own, as problem+json.
  defaultValidationErrorResponse: false,
  documentation: {
    openapi: "3.1.0",
    info: {
      title: "Sedge",
      version: "1",
      summary: "Redis at the edge.",
      description:
        "Every route answers HEAD where it answers GET, and OPTIONS. Every answer has `X-Request-Id`; those below /v1 tell " +
        "in `Server-Timing` what they cost in Redis, and in `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers) " +
        "which limits they were under and what is left: `public` by address, `key` by key, `login` and `login-email` where a " +
        "password is given.",
      license: { name: "MIT", identifier: "MIT" },
    },
    tags: [
      { name: "Products" },
      { name: "Users" },
      { name: "Sessions" },
      { name: "Counters" },
      { name: "Leaderboards" },
      { name: "Queues" },
      { name: "Tags" },
      { name: "Follows" },
      { name: "Posts" },
      { name: "History" },
      { name: "Config" },
      { name: "Tokens" },
      { name: "Channels" },
      { name: "Subscriptions" },
      { name: "Cache" },
      { name: "Limits" },
      { name: "Operations" },
    ],
    components: {
      securitySchemes: {
        key: {
          type: "http",
          scheme: "bearer",
          description:
            "A key, made by `npm run key -- NAME SCOPE…`. Each route names the scope it needs; `products:*` stands for all " +
            "of products, `*` for all.",
        },
        readToken: {
          type: "apiKey",
          in: "query",
          name: "token",
          description:
            "Made by `POST /v1/channels/{channel}/tokens`, to read one channel or pattern for a while.",
        },
        session: {
          type: "apiKey",
          in: "cookie",
          name: "__Host-session",
          description:
            "Set by `POST /v1/sessions`. Under `npm run dev`, where there is no https, it is called `session`. An unsafe method " +
            "that a page of another origin sends is a 403.",
        },
      },
      responses: problemResponses,
    },
  },
};
