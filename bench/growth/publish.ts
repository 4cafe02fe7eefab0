// Events of a family of channels, kept in the log.

import { createEventLog } from "../../lib/pubsub/index.ts";
import { createPubSubKeys, LAST } from "../../lib/pubsub/keys.ts";
import type { Bench } from "../harness/bench.ts";
import { fillBySteps, opener, requireSame, type Subject } from "./subject.ts";

/** More than are published here: by default a log keeps 100,000. */
const MAX_EVENTS = 2_000_000;
const DATA = { userId: "ada", name: "Ada", plan: "free" };

const channelOf = (size: number): string => `f${size}:events`;

/**
 * What so many publishings write, but for telling subscribers. Ids are of one millisecond.
 *
 *   KEYS[1] log  KEYS[2] heads  ARGV[1], ARGV[2] numbers, from and before  ARGV[3] milliseconds  ARGV[4] channel
 *   ARGV[5] family  ARGV[6] data
 */
const FILL = `
local id, n
for i = ARGV[1], ARGV[2] - 1 do
  id, n = ARGV[3] .. string.format('-%.0f', i), string.format('%.0f', i + 1)
  redis.call('XADD', KEYS[1], id, 'c', ARGV[4], 'n', n, 'd', ARGV[6])
end
redis.call('HSET', KEYS[2], '${LAST}', id, ARGV[5], id .. ' ' .. n)
`;

export function publish(bench: Bench): Subject {
  const open = opener(bench);
  const log = () => createEventLog({ redis: open(), maxEvents: MAX_EVENTS });
  const keys = createPubSubKeys("sedge");
  let began = Date.now() - 60_000;

  return {
    elements: "events in the log",

    async fill(size) {
      // A later millisecond than the family before.
      began += 1;
      const family = `f${size}`;
      const args = [String(began), channelOf(size), family, JSON.stringify(DATA)];
      await fillBySteps(bench, size, { lua: FILL, keys: [keys.log(family), keys.heads], args });
      const after = `${began}-${size - 2}`;
      const { events, gap } = await log().read(channelOf(size), { after });
      requireSame(
        `the log of ${size}`,
        [events.map(({ id, data }) => [id, data]), gap],
        [[[`${began}-${size - 1}`, DATA]], null],
      );
    },

    operations: [{ title: "publish", run: (size) => log().publish(channelOf(size), DATA) }],
  };
}
