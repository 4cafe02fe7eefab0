// The faults every pattern may throw. None carries a value, a key or a token: what is thrown may be logged.

/** Why Redis could not be asked. */
export type UnavailableReason =
  /** No answer within the time-out. What was asked may still happen. */
  | "timeout"
  /** The connection failed: refused, reset, no such host. */
  | "network"
  /** An HTTP error from the REST server: its own trouble, or a token it does not take. */
  | "http"
  /** An answer that is not the protocol: a proxy's page, half a body. */
  | "protocol"
  /** It answers that it cannot serve now: loading, read-only, busy, out of memory, over its quota. */
  | "refused"
  /** Not asked at all: the last attempts failed, and the breaker is open. */
  | "breaker-open";

/** Redis is needed and away. Nothing is known of the command but what `reason` says. */
export class RedisUnavailableError extends Error {
  override readonly name = "RedisUnavailableError";
  readonly reason: UnavailableReason;
  constructor(reason: UnavailableReason, cause?: unknown) {
    super(`Redis is unavailable (${reason})`, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}

/** Redis answered a command with an error. `code` is its first word (`WRONGTYPE`, `NOSCRIPT`, `ERR`…). */
export class RedisCommandError extends Error {
  override readonly name = "RedisCommandError";
  readonly code: string;
  constructor(code: string) {
    super(`Redis refused a command (${code})`);
    this.code = code;
  }
}

/** A name, key, tag or pattern that may not become part of a Redis key. */
export class InvalidNameError extends Error {
  override readonly name = "InvalidNameError";
  /** The parameter that was wrong, as the caller knows it. */
  readonly field: string;
  constructor(field: string, rule: string) {
    super(`${field} must be ${rule}`);
    this.field = field;
  }
}
