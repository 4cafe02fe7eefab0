// Sedge's sessions, by its middleware: a client and its sessions for each request, as a Worker makes them.

import { Hono } from "hono";
import {
  createSessionCookie,
  loadSession,
  requireSession,
  type SessionVariables,
} from "../../lib/hono/index.ts";
import { createConnection } from "../../lib/redis/index.ts";
import { createSessions, type Sessions } from "../../lib/sessions/index.ts";
import { PROFILE, type Contender, type Profile } from "./contender.ts";

interface Env {
  Variables: SessionVariables & { sessions: Sessions };
}

export const sedge: Contender = {
  name: "Sedge",
  open({ gateway: { url, token }, renews }) {
    // The bound on time is not what is measured, and the machine may be busy.
    const connection = createConnection({ url, token, timeoutMs: 5_000 });
    const cookie = createSessionCookie();
    let users = 0;

    const app = new Hono<Env>();
    app.use(async (c, next) => {
      const sessions = createSessions({
        redis: connection.open(),
        waitUntil: (work) => c.executionCtx.waitUntil(work),
        renewEverySeconds: renews === "always" ? 0 : 10,
      });
      c.set("sessions", sessions);
      await next();
    });

    app.post("/sign-in", async (c) => {
      users += 1;
      const user = { name: "Ada Lovelace", email: `user${users}@bench.test` };
      const signIn = { userId: `user-${users}`, claims: user, data: PROFILE };
      const { token: opened, session } = await c.var.sessions.create(signIn);
      cookie.set(c, opened, session.expiresAt);
      return c.body(null, 204);
    });
    app.post("/sign-out", async (c) => {
      await c.var.sessions.end(cookie.read(c) ?? "");
      cookie.clear(c);
      return c.body(null, 204);
    });
    app.get(
      "/me",
      loadSession<Env>({ sessions: (c) => c.var.sessions, cookie }),
      requireSession<Env>({ refuse: (c) => c.body(null, 401) }),
      (c) => c.json(c.var.signedIn.data),
    );
    app.patch("/me", async (c) => {
      const { kind } = await c.var.sessions.update(
        cookie.read(c) ?? "",
        await c.req.json<Partial<Profile>>(),
      );
      return c.body(null, kind === "updated" ? 204 : 401);
    });
    return app.request;
  },
};
