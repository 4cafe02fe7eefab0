// The cookie that carries a session's token.

import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";

export interface SessionCookieOptions {
  /** False only where there is no https, on a developer's machine: then the name has no prefix and Secure is off. true. */
  secure?: boolean;
  /** Without the prefix. "session". */
  name?: string;
  /** Milliseconds since 1970. `Date.now`. */
  now?: () => number;
}

export interface SessionCookie {
  /** The token that the request carries. */
  read(c: Context): string | undefined;
  /** Hands out a token. @param expiresAt when its session ends in any case */
  set(c: Context, token: string, expiresAt: Date): void;
  /** Takes the token back. */
  clear(c: Context): void;
}

/** Browsers keep no cookie longer. 400 days. */
const MAX_AGE_SECONDS = 34_560_000;

/**
 * The cookie `__Host-session`: Secure, HttpOnly, SameSite=Lax, Path=/, no Domain. With its prefix a browser takes it
 * only so and over https, so that no other host of the domain can plant one (RFC 6265bis, 4.1.3.2).
 *
 * Cost: none.
 */
export function createSessionCookie({
  secure = true,
  name = "session",
  now = Date.now,
}: SessionCookieOptions = {}): SessionCookie {
  const attributes: CookieOptions = {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    secure,
    ...(secure && { prefix: "host" }),
  };

  return {
    read: (c) => (secure ? getCookie(c, name, "host") : getCookie(c, name)),
    set(c, token, expiresAt) {
      const left = Math.floor((expiresAt.getTime() - now()) / 1_000);
      setCookie(c, name, token, { ...attributes, maxAge: Math.max(0, Math.min(left, MAX_AGE_SECONDS)) });
    },
    clear(c) {
      deleteCookie(c, name, attributes);
    },
  };
}
