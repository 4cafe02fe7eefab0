// One-time tokens: for a link in a mail, an invitation, a hand-over between two services.

import { base64url } from "../bytes.ts";
import { sha256Hex } from "../digest.ts";
import { checkName, slot } from "../keys.ts";
import type { Tokens, TokensOptions } from "./types.ts";

const SECRET_BYTES = 32;
const TOKEN = /^[\w-]{43}$/;
const MAX_TTL_SECONDS = 2_592_000;

/**
 * Tokens in Redis: a string for each, the subject, under the SHA-256 of purpose and token. The purpose is part of the hash, so
 * one GETDEL decides: a token that is tried for another purpose is neither found nor spent.
 *
 * Make one per request, from that request's `redis`: it is cheap.
 *
 * @throws InvalidNameError for a prefix that is none
 */
export function createTokens({ redis, prefix = "sedge", now = Date.now }: TokensOptions): Tokens {
  checkName(prefix, "prefix");

  async function keyOf(purpose: string, token: string): Promise<string> {
    const id = await sha256Hex(JSON.stringify([purpose, token]));
    return `${prefix}:token:${slot(id)}`;
  }

  return {
    async issue(purpose, subject, ttlSeconds) {
      checkName(purpose, "purpose");
      if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > MAX_TTL_SECONDS) {
        throw new RangeError(`ttlSeconds must be an integer from 1 to ${MAX_TTL_SECONDS}`);
      }
      if (!subject.isWellFormed()) throw new RangeError("subject must be well-formed Unicode");
      const token = base64url(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
      const key = await keyOf(purpose, token);
      const expiresAt = new Date(now() + 1_000 * ttlSeconds);
      await redis.send((pipeline) => pipeline.set(key, subject, { ex: ttlSeconds }));
      return { token, expiresAt };
    },

    async redeem(purpose, token) {
      checkName(purpose, "purpose");
      if (!TOKEN.test(token)) return null;
      const key = await keyOf(purpose, token);
      return redis.send<string | null>((pipeline) => pipeline.getdel(key));
    },
  };
}
