// Errors as problem details (RFC 9457).

/** What was wrong with one part of the input. Never the input itself. */
export interface FieldError {
  /** Where: `price`, `keys.0`, or "" for the whole. */
  readonly path: string;
  readonly message: string;
}

/** The body of an error. */
export interface ProblemDetails {
  /** A URI that stands for this kind of error, and leads to its documentation. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What this occurrence is about, in words that may be shown to anyone. */
  readonly detail?: string;
  /** Which occurrence it is: the id of the request. */
  readonly instance?: string;
  readonly errors?: readonly FieldError[];
  /** Members of its own a type may have. */
  readonly [extension: string]: unknown;
}

/** A fault that is answered by a problem: throw it anywhere below the error handler that knows it. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: ProblemDetails;
  readonly headers: Readonly<Record<string, string>>;
  constructor(problem: ProblemDetails, headers: Readonly<Record<string, string>> = {}) {
    super(problem.title);
    this.problem = problem;
    this.headers = headers;
  }
}

/**
 * An answer of type `application/problem+json` with the problem's status.
 * @param headers to stand beside it: `Retry-After`, `Allow`, `WWW-Authenticate`
 */
export function problemResponse(
  problem: ProblemDetails,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { ...headers, "Content-Type": "application/problem+json", "Cache-Control": "no-store" },
  });
}
