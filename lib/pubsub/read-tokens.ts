// Read tokens: what a browser may read with, for a while, without a key.

import { base64url } from "../bytes.ts";
import { sha256Hex } from "../digest.ts";
import { checkName, checkPattern, slot } from "../keys.ts";
import type { Redis } from "../redis/index.ts";
import { isChannel } from "./families.ts";
import { createMatcher } from "./glob.ts";

const SECRET_BYTES = 32;
const TOKEN = /^[\w-]{43}$/;

/** The longest time a token may last. */
export const MAX_TOKEN_TTL_SECONDS = 3_600;

export interface ReadTokensOptions {
  redis: Redis;
  /** In front of every key. "sedge". */
  prefix?: string;
  /** Milliseconds since 1970: when a token's time begins. `Date.now`. */
  now?: () => number;
}

export interface IssuedReadToken {
  /** 256 random bits, 43 characters of base64url. Shown this once: Redis holds its SHA-256. */
  readonly token: string;
  /** When it ends by itself, to the time of a trip. */
  readonly expiresAt: Date;
}

/** What a token says to who wants to read. */
export type Permission =
  | "allowed"
  /** It is a token, of another pattern. */
  | "other-pattern"
  /** It is over, or was never one. */
  | "unknown";

export interface ReadTokens {
  /**
   * Makes a token that reads one pattern.
   *
   * @param pattern a channel or a pattern
   * @param ttlSeconds how long it is good: 1 to 3,600. 300
   * @throws InvalidNameError; RangeError; RedisUnavailableError
   *
   * Cost: 1 trip, 1 command.
   */
  issue(pattern: string, ttlSeconds?: number): Promise<IssuedReadToken>;

  /**
   * Whether a token reads a pattern: its own, and each channel that this covers. Not another pattern, also where all of it is
   * covered.
   *
   * @throws RedisUnavailableError
   *
   * Cost: 1 trip, 1 command; none for what has not the form of a token.
   */
  permits(token: string, pattern: string): Promise<Permission>;
}

/** @throws InvalidNameError for a prefix that is none */
export function createReadTokens({ redis, prefix = "sedge", now = Date.now }: ReadTokensOptions): ReadTokens {
  checkName(prefix, "prefix");
  const keyOf = async (token: string): Promise<string> =>
    `${prefix}:read-token:${slot(await sha256Hex(token))}`;

  return {
    async issue(pattern, ttlSeconds = 300) {
      checkPattern(pattern, "pattern");
      if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > MAX_TOKEN_TTL_SECONDS) {
        throw new RangeError(`ttlSeconds must be an integer from 1 to ${MAX_TOKEN_TTL_SECONDS}`);
      }
      const token = base64url(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
      const key = await keyOf(token);
      const expiresAt = new Date(now() + 1_000 * ttlSeconds);
      await redis.send((pipeline) => pipeline.set(key, pattern, { ex: ttlSeconds }));
      return { token, expiresAt };
    },

    async permits(token, pattern) {
      if (!TOKEN.test(token)) return "unknown";
      const key = await keyOf(token);
      const own = await redis.send<string | null>((pipeline) => pipeline.get(key));
      if (own === null) return "unknown";
      const covered = own === pattern || (isChannel(pattern) && createMatcher(own)(pattern));
      return covered ? "allowed" : "other-pattern";
    },
  };
}
