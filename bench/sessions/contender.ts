// What every library is asked to do: the same four routes of a Hono app, behind its sessions.
//
//   POST /sign-in   opens a session with PROFILE in it
//   GET  /me        200 with what is in it, or 401; with `Cache-Control: no-cache` past what a cookie keeps of it
//   PATCH /me       sets the fields of the body, each a string
//   POST /sign-out  ends it

import type { Gateway } from "../harness/gateway-client.ts";

/** What is kept in a session. */
export type Profile = Readonly<Record<"locale" | "theme" | "cart", string>>;

export const PROFILE: Profile = {
  locale: "en-GB",
  theme: "dark",
  cart: "desk-lamp:1,bookshelf-speaker:2,oak-shelf:1,usb-c-cable:3",
};

export interface Settings {
  readonly gateway: Gateway;
  /** When a session's life is extended by its use: at each request, or not within this run. */
  readonly renews: "always" | "later";
}

/** `app.request()` of Hono. */
export type Request = (
  path: string,
  init: RequestInit,
  env: object,
  context: { waitUntil(work: Promise<unknown>): void; passThroughOnException(): void; props: unknown },
) => Response | Promise<Response>;

/** The app of one library. */
export interface Contender {
  readonly name: string;
  readonly open: (settings: Settings) => Request;
}

/** A browser's side of such an app. */
export interface Client {
  /** @returns the cookies of a new session of a new user */
  signIn(): Promise<string>;
  /** @returns null where nobody is signed in */
  read(cookies: string): Promise<Profile | null>;
  /** The same as Redis has it, for libraries that keep some of it in a cookie. */
  readStored(cookies: string): Promise<Profile | null>;
  change(cookies: string, fields: Partial<Profile>): Promise<void>;
  signOut(cookies: string): Promise<void>;
  /** Waits for what goes on behind the answers. */
  settle(): Promise<void>;
}

export function createClient(request: Request): Client {
  let behind: Promise<unknown>[] = [];
  const context = {
    waitUntil: (work: Promise<unknown>) => void behind.push(work),
    passThroughOnException: () => undefined,
    props: {},
  };

  async function send(
    method: string,
    path: string,
    cookies: string,
    body?: object,
    more: Record<string, string> = {},
  ): Promise<Response> {
    const headers = { Cookie: cookies, "Content-Type": "application/json", ...more };
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    const response = await request(`https://bench.test${path}`, init, {}, context);
    if (response.status >= 500) throw new Error(`${method} ${path} answered ${response.status}.`);
    return response;
  }

  async function readMe(cookies: string, more?: Record<string, string>): Promise<Profile | null> {
    const response = await send("GET", "/me", cookies, undefined, more);
    return response.status === 200 ? response.json<Profile>() : null;
  }

  return {
    async signIn() {
      const response = await send("POST", "/sign-in", "", {});
      if (!response.ok) throw new Error(`Signing in answered ${response.status}.`);
      return response.headers
        .getSetCookie()
        .map((cookie) => cookie.split(";")[0])
        .join("; ");
    },
    read: (cookies) => readMe(cookies),
    readStored: (cookies) => readMe(cookies, { "Cache-Control": "no-cache" }),
    async change(cookies, fields) {
      const response = await send("PATCH", "/me", cookies, fields);
      if (!response.ok) throw new Error(`A change answered ${response.status}.`);
    },
    signOut: async (cookies) => void (await send("POST", "/sign-out", cookies, {})),
    async settle() {
      const all = behind;
      behind = [];
      await Promise.all(all);
    },
  };
}
