// better-auth, its sessions in a secondary storage of get, set and delete over @upstash/redis; its database is its own
// in-memory adapter. `auth.api` is called as its guide for Hono does.
//
// A user signs up with a password that is not hashed: that is before what is measured.

import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { Hono } from "hono";
import type { Gateway } from "../harness/gateway-client.ts";
import { openUpstash } from "../harness/upstash.ts";
import { nameAndVersion } from "../harness/versions.ts";
import { PROFILE, type Contender, type Profile, type Settings } from "./contender.ts";

const FIELD = { type: "string", required: false } as const;
const FIELDS = { locale: FIELD, theme: FIELD, cart: FIELD };

function createAuth({ url, token }: Gateway, { renews }: Settings, hasCookieCache: boolean) {
  // It serializes by itself.
  const redis = openUpstash({ url, token }, { automaticDeserialization: false });
  return betterAuth({
    baseURL: "https://bench.test",
    secret: "a secret of this run, for nothing but its cookies",
    database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
    secondaryStorage: {
      get: (key) => redis.get<string>(key),
      set: async (key, value, ttl) => void (await redis.set(key, value, ttl ? { ex: ttl } : {})),
      delete: async (key) => void (await redis.del(key)),
      // Of its limits and one-time codes; no session needs them.
      getAndDelete: (key) => redis.getdel<string>(key),
      increment: () => Promise.reject(new Error("Limits are off.")),
    },
    emailAndPassword: {
      enabled: true,
      password: {
        hash: (password) => Promise.resolve(password),
        verify: ({ hash, password }) => Promise.resolve(hash === password),
      },
    },
    session: {
      updateAge: renews === "always" ? 0 : 86_400,
      cookieCache: { enabled: hasCookieCache, maxAge: 300 },
      additionalFields: FIELDS,
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
  });
}

function open(settings: Settings, hasCookieCache: boolean) {
  const auth = createAuth(settings.gateway, settings, hasCookieCache);
  let users = 0;

  const app = new Hono();
  app.post("/sign-in", async () => {
    users += 1;
    const body = { name: "Ada Lovelace", email: `user${users}@bench.test`, password: "correct horse" };
    const opened = await auth.api.signUpEmail({ body, asResponse: true });
    const cookies = opened.headers.getSetCookie();
    const headers = new Headers({ Cookie: cookies.map((cookie) => cookie.split(";")[0]).join("; ") });
    // Its answer has the session's cookies again.
    const filled = await auth.api.updateSession({ headers, body: PROFILE, asResponse: true });
    return new Response(null, { status: filled.status, headers: filled.headers });
  });
  app.post("/sign-out", async (c) => auth.api.signOut({ headers: c.req.raw.headers, asResponse: true }));
  app.get("/me", async (c) => {
    const query = { disableCookieCache: c.req.header("Cache-Control") === "no-cache" };
    const found = await auth.api.getSession({ headers: c.req.raw.headers, query });
    if (found === null) return c.body(null, 401);
    const { locale, theme, cart } = found.session;
    return c.json({ locale, theme, cart });
  });
  app.patch("/me", async (c) => {
    const body = await c.req.json<Partial<Profile>>();
    return auth.api.updateSession({ headers: c.req.raw.headers, body, asResponse: true });
  });
  return app.request;
}

export const betterAuthSessions: Contender = {
  name: nameAndVersion("better-auth"),
  open: (settings) => open(settings, false),
};

/** With the session in a signed cookie too, for 5 minutes, as its documentation has it. */
export const betterAuthCookieCache: Contender = {
  name: `${nameAndVersion("better-auth")}, cookie cache on`,
  open: (settings) => open(settings, true),
};
