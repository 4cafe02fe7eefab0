// Sessions, put together.

import { createChange } from "./change.ts";
import { createEnd } from "./end.ts";
import { createRead } from "./read.ts";
import { settingsOf } from "./settings.ts";
import { createSignIn } from "./sign-in.ts";
import type { Sessions, SessionsOptions } from "./types.ts";
import { createUserSessions } from "./user-sessions.ts";

/**
 * Sessions in Redis: found by a token of 256 random bits, of which Redis knows the SHA-256 alone.
 *
 * A session is one hash; each change of it is one script that first looks whether the session is there and the token
 * is its token. So nothing that comes late (a renewal behind an answer, an update, a rotation) brings back what was
 * ended, and of two rotations one wins. Data is a field of the hash for each field, so updates merge in Redis.
 *
 * Make one per request, from that request's `redis`: it is cheap.
 *
 * @throws InvalidNameError, RangeError for options that are none
 */
export function createSessions(options: SessionsOptions): Sessions {
  const settings = settingsOf(options);
  const ends = createEnd(settings);
  return {
    create: createSignIn(settings, ends),
    read: createRead(settings),
    end: (token) => ends.end(token),
    ...createChange(settings),
    ...createUserSessions(settings),
  };
}
