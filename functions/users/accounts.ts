// The users: who they are, and whether somebody is one of them.

import type { Cache, EntryOptions } from "../../lib/cache/index.ts";
import type { Passwords } from "../../lib/passwords.ts";
import { randomId } from "../../lib/random.ts";
import type { Credentials, Database, Profile } from "../database/index.ts";

export interface SignUp {
  /** In lower case. */
  email: string;
  name: string;
  password: string;
}

export interface Accounts {
  /**
   * Adds a user, and the event `signup` on `user:events` with it.
   * @returns who that is, or "taken" where the e-mail is another's
   * Cost: a hash, a transaction of D1; no Redis.
   */
  signUp(wanted: SignUp): Promise<Profile | "taken">;
  /** Cost: as `cache.load`: a hit 1 trip, 1 command. */
  profile(id: string): Promise<Profile | null>;
  /**
   * Who has this e-mail and this password, or null. How long it takes does not tell whether there is such an e-mail.
   * Cost: a hash, a query of D1; no Redis.
   */
  authenticate(email: string, password: string): Promise<Profile | null>;
}

export interface AccountsOptions {
  cache: Cache;
  database: Database;
  passwords: Passwords;
  /** Takes work that goes on behind the answer. */
  waitUntil: (work: Promise<unknown>) => void;
  /** Hears that a hash could not be made anew with today's parameters. The user is signed in all the same. */
  onNotRehashed: (error: unknown) => void;
  /** Milliseconds since 1970. `Date.now`. */
  now?: () => number;
}

const LIFETIME = {
  ttlSeconds: 300,
  staleWhileRevalidateSeconds: 60,
  staleIfErrorSeconds: 3_600,
  missingTtlSeconds: 30,
} satisfies EntryOptions;

export function createAccounts(options: AccountsOptions): Accounts {
  const { cache, passwords, waitUntil, onNotRehashed, now = Date.now } = options;
  const { users } = options.database;

  async function rehash(user: Credentials, password: string): Promise<void> {
    try {
      await users.replaceHash(user, await passwords.hash(password));
    } catch (error) {
      onNotRehashed(error);
    }
  }

  return {
    profile: cache.wrap("user", (id: string) => users.get(id), LIFETIME),

    async signUp({ email, name, password }) {
      // The id is random and new: nobody can have asked for it, so no cache has an entry, or a 404, to be taken out.
      const profile = { id: randomId(), name, createdAt: new Date(now()).toISOString() };
      // Before anybody looks whether the e-mail is taken: so it takes as long when it is.
      const passwordHash = await passwords.hash(password);
      const written = await users.insert(
        { ...profile, email, passwordHash },
        { channel: "user:events", type: "signup", key: profile.id, data: { userId: profile.id, email } },
      );
      return written ? profile : "taken";
    },

    async authenticate(email, password) {
      const user = await users.findByEmail(email);
      const { ok, outdated } = await passwords.verify(password, user?.passwordHash);
      if (user === null || !ok) return null;
      if (outdated) waitUntil(rehash(user, password));
      const { id, name, createdAt } = user;
      return { id, name, createdAt };
    },
  };
}
