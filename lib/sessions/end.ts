// The end of a session, by its token.

import { sha256Hex } from "../digest.ts";
import { END } from "./scripts.ts";
import type { SessionSettings } from "./settings.ts";
import { parseToken, type SessionRef } from "./token.ts";

export interface Ends {
  end(token: string): Promise<boolean>;
  /** As `end`, where the SHA-256 of the token is known. */
  endWith(ref: SessionRef, digest: string): Promise<boolean>;
}

export function createEnd({ redis, keys }: SessionSettings): Ends {
  const endWith = async (ref: SessionRef, digest: string): Promise<boolean> =>
    (await redis.run<number>(END, keys.both(ref), [digest, ref.id])) === 1;

  return {
    endWith,
    async end(token) {
      const ref = parseToken(token);
      return ref === null ? false : endWith(ref, await sha256Hex(token));
    },
  };
}
