// @hono/session, with the storage of its example for Cloudflare (writes go to `waitUntil`), over @upstash/redis.
//
// Its cookie carries the expiry, encrypted. When that has passed, `get` asks a function whether to go on, and then
// writes the session and a new cookie: that is its renewal, due at once where the inactivity is 0.

import { useSession, useSessionStorage, type SessionEnv } from "@hono/session";
import { Hono } from "hono";
import { openUpstash } from "../harness/upstash.ts";
import { nameAndVersion } from "../harness/versions.ts";
import { PROFILE, type Contender, type Profile } from "./contender.ts";

type Data = Profile & { user: { name: string; email: string } };

const LASTS_SECONDS = 2_592_000;
const SECRET = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/** Asked when a cookie's time has passed. */
const goOn = (expired: Data): Promise<Data> => Promise.resolve(expired);

export const honoSession: Contender = {
  name: nameAndVersion("@hono/session"),
  open({ gateway, renews }) {
    const redis = openUpstash(gateway);
    const inactivity = renews === "always" ? 0 : 3_600;
    let users = 0;

    const app = new Hono<SessionEnv<Data>>();
    app.use(
      useSessionStorage<Data, SessionEnv<Data>>((c) => ({
        delete: (id) => c.executionCtx.waitUntil(redis.del(`session:${id}`)),
        get: (id) => redis.get<Data>(`session:${id}`),
        set: (id, data) => c.executionCtx.waitUntil(redis.set(`session:${id}`, data, { ex: LASTS_SECONDS })),
      })),
      useSession<Data>({ secret: SECRET, duration: { absolute: LASTS_SECONDS, inactivity } }),
    );

    app.post("/sign-in", async (c) => {
      users += 1;
      const user = { name: "Ada Lovelace", email: `user${users}@bench.test` };
      await c.var.session.update({ ...PROFILE, user });
      return c.body(null, 204);
    });
    app.post("/sign-out", async (c) => {
      // Without `get` it would not know which session to delete.
      await c.var.session.get(goOn);
      c.var.session.delete();
      return c.body(null, 204);
    });
    app.get("/me", async (c) => {
      const data = await c.var.session.get(goOn);
      return data === null ? c.body(null, 401) : c.json(data);
    });
    app.patch("/me", async (c) => {
      const fields = await c.req.json<Partial<Profile>>();
      await c.var.session.update((data) => {
        if (data === null) throw new Error("There is no such session.");
        return { ...data, ...fields };
      });
      return c.body(null, 204);
    });
    return app.request;
  },
};
