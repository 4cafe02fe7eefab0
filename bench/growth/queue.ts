// Messages that wait in a queue.

import { createQueues } from "../../lib/lists/index.ts";
import { createQueueKeys } from "../../lib/lists/queue/keys.ts";
import { PLACES } from "../../lib/lists/queue/places-lua.ts";
import type { Bench } from "../harness/bench.ts";
import { fillBySteps, opener, requireSame, type Subject } from "./subject.ts";

const BODY = { to: "ada@example.com", template: "welcome" };

const queueOf = (size: number): string => `q${size}`;

/**
 * What so many sendings write, one message a millisecond.
 *
 *   KEYS[1] places  KEYS[2] messages  ARGV[1], ARGV[2] numbers, from and before  ARGV[3] milliseconds of the first  ARGV[4] body
 */
const FILL = `${PLACES}
local id, records, places = '', {}, {}
for i = ARGV[1], ARGV[2] - 1 do
  local ms, behind = ARGV[3] + i, #places
  id = string.format('%013.0f-%06.0f', ms, 0)
  records[behind + 1], records[behind + 2] = 'b:' .. id, ARGV[4]
  records[behind + 3], records[behind + 4] = 'r:' .. id, '0 0 0 ' .. #ARGV[4]
  places[behind + 1], places[behind + 2] = at(READY, ms), id
  places[behind + 3], places[behind + 4] = at(SENT, ms), '@' .. id
end
redis.call('HSET', KEYS[2], 'last', id, unpack(records))
redis.call('ZADD', KEYS[1], unpack(places))
`;

export function queue(bench: Bench): Subject {
  const open = opener(bench);
  const queues = () => createQueues({ redis: open() });
  const keysOf = createQueueKeys("sedge");
  const receipts = new Map<number, string>();

  return {
    elements: "messages waiting",

    async fill(size) {
      const { places, messages } = keysOf(queueOf(size));
      const args = [String(Date.now() - size - 1_000), JSON.stringify(BODY)];
      await fillBySteps(bench, size, { lua: FILL, keys: [places, messages], args });
      const { ready, inFlight, dead } = await queues().metrics(queueOf(size));
      requireSame(`the queue of ${size}`, [ready, inFlight, dead], [size, 0, 0]);
    },

    operations: [
      {
        title: "queue: receive of one",
        async run(size) {
          const [message] = await queues().receive(queueOf(size), { visibilitySeconds: 60 });
          requireSame("a message", message?.body, BODY);
          receipts.set(size, message?.receipt ?? "");
        },
        // Another in its place.
        async restore(size) {
          const acked = await queues().ack(queueOf(size), receipts.get(size) ?? "");
          requireSame("an ack", acked.kind, "acked");
          await queues().send(queueOf(size), [{ body: BODY }]);
        },
      },
    ],
  };
}
