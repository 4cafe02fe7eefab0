// Who may call: the token in the Authorization header, or `_token` in the query.

import { hash, timingSafeEqual } from "node:crypto";
import { queryPairs } from "./target.ts";

const BEARER = /^bearer +/i;

/** Hashing first makes both sides equally long, so that the comparison tells nothing about the token, its length included. */
const digest = (text: string): Buffer => hash("sha256", text, "buffer");

/**
 * Makes the check of a caller's token. The comparison takes the same time whatever was sent.
 * @param token the one token that may call
 * @returns a function that says whether the header, or else the query's `_token`, carries it
 */
export function createAuthenticator(token: string) {
  const expected = digest(token);

  return function isAuthenticated(authorization: string | null, query: string): boolean {
    const sent = authorization === null ? tokenOfQuery(query) : authorization.replace(BEARER, "");
    return sent !== null && timingSafeEqual(digest(sent), expected);
  };
}

function tokenOfQuery(query: string): string | null {
  for (const [name, value] of queryPairs(query) ?? []) {
    if (name.equals(TOKEN_PARAMETER) && value !== null) return value.toString();
  }
  return null;
}

/** The query parameter that carries the token and is never an argument. */
export const TOKEN_PARAMETER = Buffer.from("_token");
