// A circuit breaker: a dead Redis costs the first few requests their time-out, and the rest nothing.

export interface BreakerOptions {
  /** Failures in a row that open it. 3. */
  failures?: number;
  /** How long it stays open before one request may try again. 1,000 ms. */
  openMs?: number;
  /** Milliseconds since 1970. `Date.now`. */
  now?: () => number;
}

export interface Breaker {
  /** Whether a request may go out. While open, one request per `openMs` may: the probe. */
  allows(): boolean;
  /** Redis answered. */
  succeeded(): void;
  /** Redis did not answer, or not as Redis. */
  failed(): void;
}

export function createBreaker({
  failures = 3,
  openMs = 1_000,
  now = Date.now,
}: BreakerOptions = {}): Breaker {
  let inARow = 0;
  let closedUntilProbe = 0;

  return {
    allows() {
      if (inARow < failures) return true;
      if (now() < closedUntilProbe) return false;
      // This caller is the probe; the others wait for what it finds, at most another `openMs`.
      closedUntilProbe = now() + openMs;
      return true;
    },
    succeeded() {
      inARow = 0;
    },
    failed() {
      inARow += 1;
      if (inARow >= failures) closedUntilProbe = now() + openMs;
    },
  };
}
