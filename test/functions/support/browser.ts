// A browser as the API sees it: it keeps the cookies it is given, and sends them.

import type { Harness } from "./harness.ts";

export interface Browser {
  /** The token it holds. */
  token: string | undefined;
  /** Sends JSON where there is a body. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
}

/** @param name of the session's cookie */
export function createBrowser(
  { request }: Pick<Harness, "request">,
  name: "__Host-session" | "session" = "__Host-session",
): Browser {
  const browser: Browser = {
    token: undefined,
    async send(method, path, body, headers = {}) {
      const response = await request(path, {
        method,
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
        headers: {
          ...(body !== undefined && { "Content-Type": "application/json" }),
          ...(browser.token !== undefined && { Cookie: `theme=dark; ${name}=${browser.token}` }),
          ...headers,
        },
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [, given = ""] = new RegExp(`^${name}=([^;]*)`).exec(cookie) ?? [];
        browser.token = /Max-Age=0\b/i.test(cookie) ? undefined : given;
      }
      return response;
    },
  };
  return browser;
}

export const ADA = { email: "ada@example.com", name: "Ada Lovelace", password: "correct horse battery" };
export const BOB = { email: "bob@example.com", name: "Bob", password: "battery staple, please" };

/** Signs somebody up, and waits until that is told to whom it may concern. @returns their id */
export async function signUp(
  { request, settled }: Pick<Harness, "request" | "settled">,
  user: typeof ADA = ADA,
): Promise<string> {
  const response = await request("/v1/users", {
    method: "POST",
    body: JSON.stringify(user),
    headers: { "Content-Type": "application/json" },
  });
  if (response.status !== 201) throw new Error(`sign-up answered ${response.status}`);
  await settled();
  return (await response.json<{ id: string }>()).id;
}

/** A browser in which somebody who has signed up signs in. */
export async function signedIn(
  harness: Pick<Harness, "request">,
  { email, password }: typeof ADA = ADA,
  headers: Record<string, string> = {},
): Promise<Browser> {
  const browser = createBrowser(harness);
  const response = await browser.send("POST", "/v1/sessions", { email, password }, headers);
  if (response.status !== 201) throw new Error(`sign-in answered ${response.status}`);
  return browser;
}

export interface SessionBody {
  user: { id: string; name: string };
  data: Record<string, unknown>;
  createdAt: string;
  idleExpiresAt: string;
  expiresAt: string;
}

/** The session a browser has, or the status where it has none. */
export async function sessionOf(browser: Browser): Promise<SessionBody | number> {
  const response = await browser.send("GET", "/v1/session");
  return response.status === 200 ? response.json<SessionBody>() : response.status;
}
