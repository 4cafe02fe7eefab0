// The parts that the routes' documentation is made of (OpenAPI 3.1). None of it is in the Worker: see openapi.ts.

import { resolver, type DescribeRouteOptions } from "hono-openapi";
import type * as v from "valibot";
import { PROBLEMS, type ProblemSlug } from "./problems.ts";

/** What is said of a route, beside what it checks. */
export interface Operation extends Omit<DescribeRouteOptions, "hide"> {
  /** Names it, and is no other's: what a generated client calls it. */
  operationId: string;
  summary: string;
}

/** What is said of routes: `"GET /v1/counters/{name}"`. */
export type Documentation = Readonly<
  Record<`${"GET" | "POST" | "PUT" | "PATCH" | "DELETE"} /${string}`, Operation>
>;

type Response = NonNullable<DescribeRouteOptions["responses"]>[string];
type Responses = Record<string, Response>;
type Headers = Record<string, Header>;
interface Header {
  description: string;
  schema: { type: "string"; examples?: string[] };
}

export const header = (description: string, ...examples: string[]): Header => ({
  description,
  schema: { type: "string", ...(examples.length === 0 ? {} : { examples }) },
});

/** A header of a request. */
export const parameter = (name: string, description: string, schema: object = {}) => ({
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

export const ETAG: Headers = { ETag: header("Changes whenever the body does.", '"3"') };

export const LOCATION: Headers = { Location: header("Its path.") };

export const SET_COOKIE: Headers = {
  "Set-Cookie": header("The session's token: `__Host-session`, Secure, HttpOnly, SameSite=Lax."),
};

export const CACHE_STATUS: Headers = {
  "Cache-Status": header(
    "Where the answer comes from (RFC 9211).",
    "sedge; hit; ttl=240",
    "sedge; fwd=miss; stored",
    "sedge; fwd=miss; collapsed",
    "sedge; fwd=stale",
    "sedge; fwd=bypass; detail=redis-unavailable",
  ),
};

export const CACHED_HEADERS: Headers = { ...ETAG, ...CACHE_STATUS };

export const NOT_MODIFIED: Response = { description: "It is what you have.", headers: CACHED_HEADERS };

/** A JSON answer. @param schema with a `ref` and examples in its metadata */
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
