// How many messages a queue has, and how old they are.

import type { Script } from "../../redis/index.ts";
import { CLOCK, PLACES } from "./places-lua.ts";
import type { QueueSettings } from "./settings.ts";
import type { Queues } from "./types.ts";

/** Messages that one run looks at for one that is not dead. */
const LOOK = 100;

/**
 * Counts: {ready, in flight, delayed, dead, milliseconds since the oldest was sent, 1 where that is not known yet}.
 *
 * Nothing moves for it. But that a message died, which nobody has to see for it to happen, is noticed here: it does not count
 * among the oldest any more, and the next look need not pass it over.
 *
 *   KEYS[1] places  ARGV[1] clock
 */
export const METRICS: Script = {
  name: "queue-metrics",
  sha1: "4d76bef550aec980fc2c4d92e26997618a3f2a13",
  commands: 11,
  lua: `${CLOCK}${PLACES}
local function count(from, to) return redis.call('ZCOUNT', KEYS[1], from, to) end
local ready = count(at(READY, 0), at(DELAYED, now)) + count(at(FLIGHT, 0), at(FLIGHT, now))
local delayed = count('(' .. at(DELAYED, now), '(' .. at(FLIGHT, 0))
local flight = count('(' .. at(FLIGHT, now), '(' .. at(LAST, 0)) + count('(' .. at(LAST, now), '(' .. at(SENT, 0))
local dead = count(at(LAST, 0), at(LAST, now))

local sent = redis.call('ZRANGE', KEYS[1], at(SENT, 0), '+inf', 'BYSCORE', 'LIMIT', 0, ${LOOK})
local ids, age, died = {}, 0, {}
for i, member in ipairs(sent) do ids[i] = string.sub(member, 2) end
if #ids > 0 then
  for i, score in ipairs(redis.call('ZMSCORE', KEYS[1], unpack(ids))) do
    local place = tonumber(score)
    if place < LAST or place > LAST + now then
      age = math.max(0, now - sentAt(ids[i]))
      break
    end
    died[i] = sent[i]
  end
end
if #died > 0 then redis.call('ZREM', KEYS[1], unpack(died)) end
return {ready, flight, delayed, dead, age, #died == ${LOOK} and 1 or 0}
`,
};

type Reply = [ready: number, inFlight: number, delayed: number, dead: number, ageMs: number, again: 0 | 1];

export function createMetrics({ redis, keysOf, clock }: QueueSettings): Pick<Queues, "metrics"> {
  return {
    async metrics(queue) {
      const { places } = keysOf(queue);
      for (;;) {
        const [ready, inFlight, delayed, dead, ageMs, again] = await redis.run<Reply>(
          METRICS,
          [places],
          [clock()],
        );
        if (again === 0) {
          return { ready, inFlight, delayed, dead, oldestAgeSeconds: Math.floor(ageMs / 1_000) };
        }
      }
    },
  };
}
