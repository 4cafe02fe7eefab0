// The kinds of errors of this API. Each slug is stable and has an anchor in docs/errors.md.

import { QUOTA_EXCEEDED } from "../../lib/ratelimit/index.ts";
import { ProblemError, type FieldError, type ProblemDetails } from "../../lib/hono/index.ts";

const DOCUMENTATION = "https://github.com/sedge-redis/sedge/blob/main/docs/errors.md";

export const PROBLEMS = {
  "bad-request": { status: 400, title: "The request is not valid" },
  unauthorized: { status: 401, title: "The caller is not known" },
  forbidden: { status: 403, title: "The caller may not do this" },
  "not-found": { status: 404, title: "There is no such thing" },
  "method-not-allowed": { status: 405, title: "The method is not allowed here" },
  conflict: { status: 409, title: "The request conflicts with another" },
  "precondition-failed": { status: 412, title: "A precondition is not met" },
  "content-too-large": { status: 413, title: "The body is too large" },
  "unsupported-media-type": { status: 415, title: "The body's type is not supported" },
  "idempotency-key-reused": { status: 422, title: "The Idempotency-Key was used with another body" },
  "quota-exceeded": {
    status: 429,
    title: "Request cannot be satisfied as assigned quota has been exceeded",
  },
  "internal-error": { status: 500, title: "Something went wrong" },
  "redis-unavailable": { status: 503, title: "Redis is needed and away" },
  "not-ready": { status: 503, title: "Not ready" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemSlug = keyof typeof PROBLEMS;

/** What an occurrence says beyond its kind. */
export interface Occurrence {
  detail?: string;
  errors?: readonly FieldError[];
  headers?: Readonly<Record<string, string>>;
  /** Members beside the standard ones. */
  members?: Readonly<Record<string, unknown>>;
}

/** A quota's is IANA's, with its title and members (draft-ietf-httpapi-ratelimit-headers). */
export const problemType = (slug: ProblemSlug): string =>
  slug === "quota-exceeded" ? QUOTA_EXCEEDED : `${DOCUMENTATION}#${slug}`;

/** The body of an error; `instance` is added by who answers. */
export function problemOf(slug: ProblemSlug, { detail, errors, members }: Occurrence = {}): ProblemDetails {
  return {
    type: problemType(slug),
    ...PROBLEMS[slug],
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
    ...members,
  };
}

/** An error to be thrown in a handler, and answered as this problem. */
export function problem(slug: ProblemSlug, occurrence: Occurrence = {}): ProblemError {
  return new ProblemError(problemOf(slug, occurrence), occurrence.headers);
}
