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

export const IDEMPOTENCY_KEY = parameter(
  "Idempotency-Key",
  "A repeat with the same key and body within 24 hours answers what the first answered.",
  { minLength: 1, maxLength: 255, pattern: "^[\\x20-\\x7e]+$" },
);

export const IDEMPOTENCY_REPLAYED: Headers = {
  "Idempotency-Replayed": header("`true` where this is the answer to an earlier request.", "true"),
};

const ETAG: Headers = { ETag: header("Changes whenever the body does.") };

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
  }),
  v.metadata({ ref: "Problem" }),
);

const problemResponses = Object.fromEntries(
  Object.entries(PROBLEMS).map(([slug, { status, title }]) => [
    slug,
    {
      description: title,
      content: {
        "application/problem+json": {
          schema: resolver(problemSchema),
          example: {
            type: problemType(slug as ProblemSlug),
            title,
            status,
            instance: "8f3a6d1c2b4e5f60-FRA",
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
        "in `Server-Timing` what they cost in Redis.",
      license: { name: "MIT", identifier: "MIT" },
    },
    tags: [{ name: "Products" }, { name: "Cache" }, { name: "Operations" }],
    components: {
      securitySchemes: {
        key: {
          type: "http",
          scheme: "bearer",
          description:
            "A key, made by `npm run key -- NAME SCOPE…`. Each route names the scope it needs; `products:*` stands for all " +
            "of products, `*` for all.",
        },
      },
      responses: problemResponses,
    },
  },
};
