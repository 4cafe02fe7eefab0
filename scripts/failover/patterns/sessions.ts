// Sessions: signed in, read, ended.

import { createSessions, type Sessions } from "../../../lib/sessions/index.ts";
import { countEach, TRIP_MS, type Pattern, type Stage } from "../types.ts";

const LASTING = 30;

const userOf = (label: number): string => `user-${label}`;

export function sessionsPattern({ isolate, patient, prefix, most }: Stage): Pattern {
  const [signIns, reader, ender] = [isolate(), isolate(), isolate()];
  const calm = createSessions({ redis: patient, prefix });
  const lasting: string[] = [];
  const toEnd: string[] = [];

  return {
    prepare: async () => {
      lasting.push(...(await signInMany(calm, "lasting", LASTING)));
      toEnd.push(...(await signInMany(calm, "ends", most)));
    },
    operations: [
      {
        name: "sessions: sign in",
        boundMs: TRIP_MS,
        run: async (label) => {
          await createSessions({ redis: signIns.open(), prefix }).create({ userId: userOf(label) });
          return "acknowledged";
        },
      },
      {
        name: "sessions: read",
        boundMs: TRIP_MS,
        run: async (label) => {
          const token = lasting[label % LASTING] ?? "";
          const session = await createSessions({ redis: reader.open(), prefix }).read(token);
          return session === null ? "signed out" : "acknowledged";
        },
      },
      {
        name: "sessions: end",
        boundMs: TRIP_MS,
        run: async (label) => {
          const token = toEnd[label];
          if (token === undefined) return null;
          await createSessions({ redis: ender.open(), prefix }).end(token);
          return "acknowledged";
        },
      },
    ],
    effects: [
      {
        name: "sessions: signed in",
        of: "sessions: sign in",
        counts: (labels) => countEach(labels, async (label) => (await calm.list(userOf(label))).length),
      },
      {
        name: "sessions: ended",
        of: "sessions: end",
        counts: (labels) =>
          countEach(labels, async (label) => ((await calm.read(toEnd[label] ?? "")) === null ? 1 : 0)),
      },
    ],
  };
}

async function signInMany(sessions: Sessions, name: string, count: number): Promise<string[]> {
  const users = Array.from({ length: count }, (_, i) => `${name}-${i}`);
  return Promise.all(users.map(async (userId) => (await sessions.create({ userId })).token));
}
