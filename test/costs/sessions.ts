// What each operation of sessions costs at most, as its docstring states it.

import type { Opened, Sessions } from "../../lib/sessions/index.ts";
import type { CostRow } from "../support/costs.ts";

const userId = "ada";
const signIn = (sessions: Sessions) => sessions.create({ userId, data: { theme: "dark" } });

async function three(sessions: Sessions): Promise<Opened> {
  const [opened] = await Promise.all([signIn(sessions), signIn(sessions), signIn(sessions)]);
  return opened;
}

export const SESSION_COSTS: readonly CostRow<Sessions, Opened>[] = [
  { operation: "`read`", trips: 1, commands: 1, before: signIn, run: (s, { token }) => s.read(token) },
  {
    operation: "`read`, with the renewal behind the answer",
    trips: 2,
    commands: 7,
    laterSeconds: 10,
    before: signIn,
    run: (s, { token }) => s.read(token),
  },
  { operation: "`create`", trips: 1, commands: 6, run: (s) => signIn(s) },
  {
    operation: "`create`, replacing another",
    trips: 1,
    commands: 10,
    before: signIn,
    run: (s, { token }) => s.create({ userId: "grace", replaces: token }),
  },
  {
    operation: "`update`",
    trips: 1,
    commands: 7,
    laterSeconds: 10,
    before: signIn,
    run: (s, { token }) => s.update(token, { theme: null, lang: "en", cart: [1, 2] }),
  },
  { operation: "`rotate`", trips: 1, commands: 6, before: signIn, run: (s, { token }) => s.rotate(token) },
  { operation: "`end`", trips: 1, commands: 4, before: signIn, run: (s, { token }) => s.end(token) },
  { operation: "`list`, 3 sessions", trips: 2, commands: 6, before: three, run: (s) => s.list(userId) },
  {
    operation: "`revoke`",
    trips: 1,
    commands: 4,
    before: three,
    run: (s, { session }) => s.revoke(userId, session.id),
  },
  {
    operation: "`revokeAll`, 3 sessions",
    trips: 2,
    commands: 7,
    before: three,
    run: (s) => s.revokeAll(userId),
  },
  {
    operation: "`revokeAll` but one, of 3 sessions",
    trips: 2,
    commands: 7,
    before: three,
    run: (s, { session }) => s.revokeAll(userId, { except: session.id }),
  },
];
