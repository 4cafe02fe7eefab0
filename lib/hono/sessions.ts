// The session of a request: found by its cookie, read when the other reads are.

import type { Context, Env, MiddlewareHandler } from "hono";
import type { Session, Sessions } from "../sessions/index.ts";
import type { SessionCookie } from "./session-cookie.ts";

/** A request's session, read at most once however often it is asked for. */
export interface RequestSession {
  /** What the cookie carries. No session may be behind it. */
  readonly token: string | undefined;
  /**
   * The session, or null where there is none.
   * @throws RedisUnavailableError
   * Cost: none without a cookie; else 1 trip (that of the reads it starts with), 1 command, the first time.
   */
  load(): Promise<Session | null>;
}

/** What `loadSession` and `requireSession` put into a context. */
export interface SessionVariables {
  session: RequestSession;
  /** Who is signed in; there on the routes behind `requireSession`. */
  signedIn: Session;
}

export type SessionEnv = Env & { Variables: SessionVariables };

export interface LoadSessionOptions<E extends SessionEnv> {
  /** The request's, from `createSessions`. */
  sessions: (c: Context<E>) => Sessions;
  cookie: SessionCookie;
  /**
   * Whether the read starts here, without being waited for, so that it goes out in one trip with what comes behind
   * (a limit, a cached read). Otherwise it starts where the session is first asked for. true.
   */
  eager?: boolean;
}

/**
 * Puts the request's session into `c.var.session`. Refuses nobody: that is `requireSession`'s, or the handler's, which
 * may ask for the session beside its other reads.
 *
 * Cost: that of `load` where `eager`, else none.
 */
export function loadSession<E extends SessionEnv>({
  sessions,
  cookie,
  eager = true,
}: LoadSessionOptions<E>): MiddlewareHandler<E> {
  return async function loadSessionMiddleware(c, next) {
    const token = cookie.read(c);
    let reading: Promise<Session | null> | undefined;
    const session: RequestSession = {
      token,
      load: () => (reading ??= token === undefined ? Promise.resolve(null) : sessions(c).read(token)),
    };
    c.set("session", session);
    // Who asks for the session hears of a failure; where nobody does, it is nobody's.
    if (eager) session.load().catch(() => undefined);
    await next();
  };
}

export interface RequireSessionOptions<E extends SessionEnv> {
  /** Answers, or throws, for a caller without a session: 401. */
  refuse: (c: Context<E>) => Response;
}

/**
 * Lets callers pass who have a session, and puts it into `c.var.signedIn`. Place it behind `loadSession`.
 *
 * @throws RedisUnavailableError: without Redis nobody is known
 *
 * Cost: that of `load`.
 */
export function requireSession<E extends SessionEnv>({
  refuse,
}: RequireSessionOptions<E>): MiddlewareHandler<E> {
  return async function requireSessionMiddleware(c, next) {
    const session = await c.var.session.load();
    if (session === null) return refuse(c);
    c.set("signedIn", session);
    return next();
  };
}
