// Sessions of one user. Reads of them find nothing to renew.

import { createSessionKeys } from "../../lib/sessions/keys.ts";
import { createSessions } from "../../lib/sessions/index.ts";
import { parseToken } from "../../lib/sessions/token.ts";
import type { Bench } from "../harness/bench.ts";
import { fillBySteps, opener, requireSame, type Subject } from "./subject.ts";

const DATA = { theme: "dark", cart: ["desk", "chair"] };

const userOf = (size: number): string => `user-${size}`;

/**
 * A session again and again, under other ids.
 *
 *   KEYS[1] the record  KEYS[2] the index  ARGV[1], ARGV[2] numbers, from and before
 */
const FILL = `
local ends = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2]
local places = {}
for i = math.max(1, ARGV[1]), ARGV[2] - 1 do
  local id = string.format('%016.0f', i)
  redis.call('COPY', KEYS[1], KEYS[2] .. ':' .. id)
  places[#places + 1] = ends
  places[#places + 1] = id
end
redis.call('ZADD', KEYS[2], unpack(places))
`;

export function sessions(bench: Bench): Subject {
  const open = opener(bench);
  const usersSessions = () => createSessions({ redis: open(), renewEverySeconds: 1_800 });
  const keys = createSessionKeys("sedge");
  const tokens = new Map<number, string>();

  async function read(size: number): Promise<void> {
    const session = await usersSessions().read(tokens.get(size) ?? "");
    requireSame("a session", [session?.userId, session?.data], [userOf(size), DATA]);
  }

  return {
    elements: "sessions of the user",

    async fill(size) {
      const { token } = await usersSessions().create({ userId: userOf(size), data: DATA });
      tokens.set(size, token);
      const ref = parseToken(token);
      if (ref === null) throw new Error("A token names no session.");
      await fillBySteps(bench, size, { lua: FILL, keys: keys.both(ref) });
      requireSame("sessions", await bench.redis.client.zcard(keys.index(ref.owner)), size);
    },

    operations: [{ title: "session: read", run: read }],
  };
}
