// What one-time tokens take and answer.

import type { Redis } from "../redis/index.ts";

export interface TokensOptions {
  redis: Redis;
  /** In front of every key. "sedge". */
  prefix?: string;
  /** Milliseconds since 1970: when a token's time begins. `Date.now`. */
  now?: () => number;
}

export interface IssuedToken {
  /** 256 random bits, 43 characters of base64url. Shown this once: Redis holds its SHA-256. */
  readonly token: string;
  /** When it ends by itself, to the time of a trip. */
  readonly expiresAt: Date;
}

export interface Tokens {
  /**
   * Makes a token that can be redeemed once.
   *
   * @param purpose what it is for, a name: `password-reset`. Redeemed for another, it is none
   * @param subject what who redeems it is told: whose token it is. Any text, kept as it is
   * @param ttlSeconds how long it is good: 1 to 2,592,000 (30 days)
   * @throws InvalidNameError; RangeError for a time out of range, or a subject with half of a surrogate pair, which has no
   *   UTF-8; RedisUnavailableError: no token then, or one that nobody knows, which ends by itself
   *
   * Cost: 1 trip, 1 command.
   */
  issue(purpose: string, subject: string, ttlSeconds: number): Promise<IssuedToken>;

  /**
   * Redeems a token: of any number who try, also at the same time, one is answered.
   *
   * @returns its subject, or null for one that is redeemed, over, of another purpose, or no token at all
   * @throws InvalidNameError; RedisUnavailableError: unless its reason is "breaker-open" the token may be spent, and another
   *   has to be issued. It is never answered twice, so not to a repeat either
   *
   * Cost: 1 trip, 1 command; none for what has not the form of a token.
   */
  redeem(purpose: string, token: string): Promise<string | null>;
}
