// The Lua of what the API does with subscriptions. What the dispatcher does is its own.

import type { Script } from "../../redis/index.ts";
import { ACTIVE } from "./records.ts";

/**
 * Keeps a new subscription, and has it looked at. Answers 1, or 0 where there are too many.
 *
 *   KEYS[1] subscriptions  KEYS[2] progress  KEYS[3] leases  KEYS[4] agenda
 *   ARGV[1] id  ARGV[2] definition  ARGV[3] progress  ARGV[4] how many there may be  ARGV[5] milliseconds since 1970, now
 */
export const CREATE: Script = {
  name: "subscription-create",
  sha1: "47a9caa08bc1d23c325cbbe4c52d6b13f06ec434",
  commands: 6,
  lua: `
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[4]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
-- Never without a lease, though nobody holds it: so who finds none knows that the subscription is gone.
redis.call('HSET', KEYS[3], ARGV[1], 'new 0')
redis.call('ZADD', KEYS[4], ARGV[5], ARGV[1])
return 1
`,
};

/**
 * Changes a definition, unless it has changed since it was read: answers 0 then, else 1. One that is not active is not on
 * the agenda.
 *
 *   KEYS[1] subscriptions  KEYS[2] agenda
 *   ARGV[1] id  ARGV[2] definition as it was read  ARGV[3] as it is to be  ARGV[4] milliseconds since 1970, now
 */
export const UPDATE: Script = {
  name: "subscription-update",
  sha1: "ab67628801c93fb789b683419faff03d2a372996",
  commands: 4,
  lua: `
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
if string.sub(ARGV[3], 1, ${ACTIVE.length}) == '${ACTIVE}' then
  redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
else
  redis.call('ZREM', KEYS[2], ARGV[1])
end
return 1
`,
};

/**
 * Forgets a subscription; answers whether there was one. Who serves it finds its lease gone, and can write nothing more.
 *
 *   KEYS[1] subscriptions  KEYS[2] progress  KEYS[3] leases  KEYS[4] agenda
 *   KEYS[5] due  KEYS[6] pending  KEYS[7] lanes  KEYS[8] dead  KEYS[9] attempts
 *   ARGV[1] id
 */
export const REMOVE: Script = {
  name: "subscription-remove",
  sha1: "f4494bcbe76918fbb1f50aa5d6a7a6bb9bc1cb1e",
  commands: 6,
  lua: `
local was = redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('UNLINK', KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9])
return was
`,
};

/** Dead letters read with one command, and bytes of events after which it is enough: each may be a quarter of a MiB. */
const LETTERS = 10;
const MOST_BYTES = 1_048_576;
const pagesOf = (letters: number): number => Math.floor(letters / LETTERS);

/**
 * Dead letters, the newest first: {1 where there are more, entries}.
 *
 *   KEYS[1] dead
 *   ARGV[1] from where on: "+", or "(" and the last entry of the page before  ARGV[2] how many, at most 100
 */
export const DEAD: Script = {
  name: "subscription-dead",
  sha1: "0d22757ad1326a198589a604661cb5d30b8931e7",
  commands: 12,
  billed: (reply) => 2 + pagesOf((reply as [number, unknown[]])[1].length),
  lua: `
local from, limit, bytes, letters = ARGV[1], tonumber(ARGV[2]), ${MOST_BYTES}, {}
repeat
  local found = redis.call('XREVRANGE', KEYS[1], from, '-', 'COUNT', ${LETTERS})
  for _, letter in ipairs(found) do
    if #letters == limit or bytes <= 0 then return {1, letters} end
    letters[#letters + 1], from = letter, '(' .. letter[1]
    bytes = bytes - #letter[2][8]
  end
until #found < ${LETTERS}
return {0, letters}
`,
};

/**
 * Makes dead letters pending again, due at once, the oldest first. They are in no lane: where there is one, the dispatcher puts
 * them behind its last. Answers {how many, 1 where there may be more}; {-1} where there is no such subscription.
 *
 *   KEYS[1] subscriptions  KEYS[2] agenda  KEYS[3] dead  KEYS[4] due  KEYS[5] pending
 *   ARGV[1] id  ARGV[2] 1 for a subscriber in code  ARGV[3] how many, at most 100  ARGV[4] milliseconds since 1970, now
 */
export const REPLAY: Script = {
  name: "subscription-replay",
  sha1: "9c87bf143fdb4aef182cf7d8144991f34d5e8013",
  commands: 17,
  billed: (reply) => 7 + pagesOf((reply as [number])[0]),
  lua: `
local definition = redis.call('HGET', KEYS[1], ARGV[1])
if not definition and ARGV[2] ~= '1' then return {-1} end
local ids, due, pending, from, bytes, more = {}, {}, {}, '-', ${MOST_BYTES}, 0
repeat
  local found = redis.call('XRANGE', KEYS[3], from, '+', 'COUNT', ${LETTERS})
  for _, letter in ipairs(found) do
    local id, status, event = letter[2][2], letter[2][6], letter[2][8]
    ids[#ids + 1], from, bytes = letter[1], '(' .. letter[1], bytes - #event
    due[2 * #ids - 1], due[2 * #ids] = ARGV[4], id
    pending[2 * #ids - 1], pending[2 * #ids] = id, '0 ' .. status .. ' ' .. event
    if #ids == tonumber(ARGV[3]) or bytes <= 0 then more = 1 break end
  end
until more == 1 or #found < ${LETTERS}
if #ids == 0 then return {0, 0} end
redis.call('ZADD', KEYS[4], unpack(due))
redis.call('HSET', KEYS[5], unpack(pending))
redis.call('XDEL', KEYS[3], unpack(ids))
if not definition or string.sub(definition, 1, ${ACTIVE.length}) == '${ACTIVE}' then
  redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
end
return {#ids, more}
`,
};

/**
 * The numbers of the last events up to an id, one for each log; 0 where the log has none that old.
 *
 *   KEYS logs  ARGV[1] id
 */
export const NUMBERS = {
  name: "subscription-numbers",
  sha1: "f74b3520c8f561ba36f1b244f39ad24eff9e9b8d",
  lua: `
local numbers = {}
for i, log in ipairs(KEYS) do
  local last = redis.call('XREVRANGE', log, ARGV[1], '-', 'COUNT', 1)[1]
  numbers[i] = last and tonumber(last[2][4]) or 0
end
return numbers
`,
} satisfies Omit<Script, "commands">;

export const SUBSCRIPTION_SCRIPTS = [CREATE, UPDATE, REMOVE, DEAD, REPLAY, NUMBERS] as const;
