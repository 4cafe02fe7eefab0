// What sessions take and answer.

import type { Redis } from "../redis/index.ts";

/** Values by the name of their field. */
export type Fields = Readonly<Record<string, unknown>>;

export interface SessionsOptions {
  redis: Redis;
  /** In front of every key. "sedge". */
  prefix?: string;
  /** Without use a session ends after so long. 3,600. */
  idleSeconds?: number;
  /** It ends so long after the sign-in, however much it is used. 2,592,000 (30 days). */
  absoluteSeconds?: number;
  /**
   * Use is written down at most so often, so a session that was used ends by up to this much earlier than
   * `idleSeconds` after its last use, and never later. 10.
   */
  renewEverySeconds?: number;
  /** A session's data has at most so many fields. 128. */
  maxFields?: number;
  /** And at most so many bytes, names and encoded values together. 32,768. */
  maxBytes?: number;
  /** Takes work that goes on behind the answer: `(work) => ctx.waitUntil(work)`. Without it, it runs unwatched. */
  waitUntil?: (work: Promise<unknown>) => void;
  /** Hears what a caller does not see. */
  on?: (event: SessionEvent) => void;
  /** Milliseconds since 1970. `Date.now`. */
  now?: () => number;
}

/** A renewal that went on behind an answer did not reach Redis: the session may end earlier than that answer said. */
export interface SessionEvent {
  readonly type: "renewal-failed";
  readonly error: unknown;
}

/** A session that lives. Times are exact to the millisecond, `lastSeenAt` to `renewEverySeconds`. */
export interface Session {
  /** Names it to its user. No secret, and the same over rotations. */
  readonly id: string;
  readonly userId: string;
  /** What the application knows of the user: given at the sign-in, changed by nobody. */
  readonly claims: Fields;
  /** What `update` changes. */
  readonly data: Fields;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  /** When it ends unless it is used. Never after `expiresAt`. */
  readonly idleExpiresAt: Date;
  /** When it ends in any case. */
  readonly expiresAt: Date;
}

/** A session, and the one thing that opens it. The token is in no log, no list and not in Redis. */
export interface Opened {
  readonly token: string;
  readonly session: Session;
}

export interface SignIn {
  /** A name: 1 to 128 of `A-Z a-z 0-9 . _ ~ : @ -`. */
  userId: string;
  /** {}. At most `maxBytes`, encoded. */
  claims?: Fields;
  /** {}. */
  data?: Fields;
  /** Where from, for the user's list. The first 64 characters are kept. */
  ip?: string;
  /** With what, for the user's list. The first 256 characters are kept. */
  userAgent?: string;
  /** The token of the session that the same browser had until now: that session ends. */
  replaces?: string | undefined;
}

/** Why data cannot be kept. */
export type DataFault =
  /** A field's name is not 1 to 128 well-formed characters. */
  | "field-name"
  /** A value has no text: a function, a symbol, an instance of a class, or nested too deep. */
  | "not-encodable"
  /** More than `maxFields` fields, or than `maxBytes` bytes. */
  | "too-large";

export type Updated =
  | { readonly kind: "updated"; readonly session: Session }
  /** There is no such session, or no more. */
  | { readonly kind: "gone" }
  /** Nothing was changed. */
  | { readonly kind: "refused"; readonly because: DataFault };

/** One of a user's sessions, as a list shows it. */
export interface SessionSummary {
  readonly id: string;
  /** Whether it is the one that asks. */
  readonly current: boolean;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** All of these reject with RedisUnavailableError or RedisCommandError where Redis is away or refuses. */
export interface Sessions {
  /**
   * Signs a user in: a new session with a token of its own.
   * @throws InvalidNameError for the user's id; RangeError for claims or data that cannot be kept
   * Cost: 1 trip, 6 commands; replacing another 4 commands more.
   */
  create(signIn: SignIn): Promise<Opened>;

  /**
   * The session of a token, or null where there is none (any more). Use renews it: behind the answer, at most every
   * `renewEverySeconds`. Call it without awaiting where other reads start: it goes out in their trip.
   *
   * Cost: 1 trip, 1 command; behind the answer, where a renewal is due, 1 trip, 6 commands.
   */
  read(token: string): Promise<Session | null>;

  /**
   * Merges `changes` into the data, field by field: a field set to null is removed, undefined leaves it as it is, the others
   * stay. Concurrent updates of different fields all survive; of one field the last one does. Use, as `read` is.
   *
   * Cost: 1 trip, 7 commands.
   */
  update(token: string, changes: Fields): Promise<Updated>;

  /**
   * Gives the session a new token; the old one is dead from then on. Call it where a user's privileges change
   * (OWASP, Session Management Cheat Sheet). Of several at once one wins, the others find the session gone. Id, data
   * and `expiresAt` stay.
   *
   * When its answer is lost, so is the session: the user signs in again.
   *
   * @returns null where there is no such session
   * Cost: 1 trip, 6 commands.
   */
  rotate(token: string): Promise<Opened | null>;

  /** Ends a session. @returns whether there was one. Cost: 1 trip, 4 commands. */
  end(token: string): Promise<boolean>;

  /**
   * A user's living sessions, the last used first.
   * @param current the id of the session that asks
   * Cost: 2 trips, 3 commands and one for each session.
   */
  list(userId: string, current?: string): Promise<SessionSummary[]>;

  /** Ends one of a user's sessions by its id. @returns whether there was one. Cost: 1 trip, 4 commands. */
  revoke(userId: string, id: string): Promise<boolean>;

  /**
   * Ends all of a user's sessions, or all but one: each that was there when this was called, and each that came
   * while it ran and was seen. A sign-in at the same time may come after it.
   *
   * @param except the id of a session that stays
   * @returns how many there were
   * Cost: 2 trips, 7 commands up to 500 sessions, 4 commands for each 500 more; for each look that finds a new
   * sign-in 1 trip, 4 commands more, at most 4 times.
   */
  revokeAll(userId: string, options?: { except?: string }): Promise<number>;
}
