// hono-sessions, with the driver of four methods that its wiki describes, over @upstash/redis.
//
// Its expiry slides at every request or never (`autoExtendExpiration`). The cookie is not encrypted: that is for stores
// that keep the data in it, and costs time.

import { Hono } from "hono";
import { sessionMiddleware, type Session, type SessionData, type Store } from "hono-sessions";
import { openUpstash, type Redis } from "../harness/upstash.ts";
import { nameAndVersion } from "../harness/versions.ts";
import { PROFILE, type Contender, type Profile } from "./contender.ts";

const LASTS_SECONDS = 3_600;

const key = (id: string | undefined): string => `session:${id}`;

function createStore(redis: Redis): Store {
  const write = async (id: string, data: SessionData): Promise<void> =>
    void (await redis.set(key(id), data, { ex: LASTS_SECONDS }));
  return {
    getSessionById: (id) => redis.get<SessionData>(key(id)),
    createSession: write,
    persistSessionData: write,
    deleteSession: async (id) => void (await redis.del(key(id))),
  };
}

type Data = Profile & { user: { name: string; email: string } };

export const honoSessions: Contender = {
  name: nameAndVersion("hono-sessions"),
  open({ gateway, renews }) {
    const store = createStore(openUpstash(gateway));
    let users = 0;

    const app = new Hono<{ Variables: { session: Session<Data> } }>();
    app.use(
      sessionMiddleware({
        store,
        expireAfterSeconds: LASTS_SECONDS,
        autoExtendExpiration: renews === "always",
        cookieOptions: { sameSite: "Lax", path: "/", httpOnly: true, secure: true },
      }),
    );

    app.post("/sign-in", (c) => {
      users += 1;
      c.var.session.set("user", { name: "Ada Lovelace", email: `user${users}@bench.test` });
      for (const field of ["locale", "theme", "cart"] as const) c.var.session.set(field, PROFILE[field]);
      return c.body(null, 204);
    });
    app.post("/sign-out", (c) => {
      c.var.session.deleteSession();
      return c.body(null, 204);
    });
    app.get("/me", (c) => {
      const { session } = c.var;
      if (session.get("user") === null) return c.body(null, 401);
      const [locale, theme, cart] = [session.get("locale"), session.get("theme"), session.get("cart")];
      return c.json({ locale, theme, cart });
    });
    app.patch("/me", async (c) => {
      const { session } = c.var;
      if (session.get("user") === null) return c.body(null, 401);
      const fields = await c.req.json<Partial<Profile>>();
      for (const field of ["locale", "theme", "cart"] as const) {
        const value = fields[field];
        if (value !== undefined) session.set(field, value);
      }
      return c.body(null, 204);
    });
    return app.request;
  },
};
