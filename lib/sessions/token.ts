// The token: what opens a session, and which one.
//
// It names the user's slot and the session, and ends in the secret. So a session is found without a look-up, at once
// (while the token is still being hashed), in the slot where all of its user's keys are, and under a key that
// stays when the secret changes. Only the whole token's SHA-256 is kept, and only that decides.

import { base64url } from "../bytes.ts";
import { sha256 } from "../digest.ts";
import { randomId } from "../random.ts";

/** Where a session is. No secret. */
export interface SessionRef {
  /** Stands for its user: 128 bits of the SHA-256 of the user's id. */
  readonly owner: string;
  /** 96 random bits. */
  readonly id: string;
}

const ID = /^[\w-]{16}$/;
const TOKEN = /^([\w-]{22})([\w-]{16})[\w-]{43}$/;
const SECRET_BYTES = 32;
const OWNER_BYTES = 16;

export const isSessionId = (id: string): boolean => ID.test(id);

/** Which session a token is of, or null where it is no token. */
export function parseToken(token: string): SessionRef | null {
  const [, owner, id] = TOKEN.exec(token) ?? [];
  return owner === undefined || id === undefined ? null : { owner, id };
}

export async function ownerOf(userId: string): Promise<string> {
  return base64url((await sha256(userId)).subarray(0, OWNER_BYTES));
}

/** A new session of this owner. */
export const newRef = (owner: string): SessionRef => ({ owner, id: randomId() });

/** A new token of a session: 256 bits from the system's generator. */
export function newToken({ owner, id }: SessionRef): string {
  return `${owner}${id}${base64url(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)))}`;
}
