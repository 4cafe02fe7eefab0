// The Lua of dead messages. Dead is whose last visibility has ended: it stands where it stood then.

import type { Script } from "../../redis/index.ts";
import { CLOCK, PLACES, RECORD } from "./places-lua.ts";
import { MAX_BODIES_BYTES } from "./receive-lua.ts";

/** Places that are looked at with one command. */
const LOOK = 200;
/** Messages that one run redrives or purges. */
export const SWEEP = 500;

/**
 * Lists the dead behind a position: 1 where there are more, then {id, dead since, attempts, body} of each.
 *
 *   KEYS[1] places  KEYS[2] messages
 *   ARGV[1] dead since, of the position, in ms; 0  ARGV[2] its id, or ""  ARGV[3] messages at most  ARGV[4] clock
 */
export const DEAD: Script = {
  name: "queue-dead",
  sha1: "be01432a02f11bcfd1f01f94d4b0eed6579dc525",
  // Where not more than LOOK died in the same millisecond as the position's.
  commands: 6,
  lua: `${CLOCK}${PLACES}
local since, behind, limit = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local found, offset, page = {}, 0, nil
repeat
  page = redis.call('ZRANGE', KEYS[1], at(LAST, since), at(LAST, now), 'BYSCORE', 'LIMIT', offset, ${LOOK}, 'WITHSCORES')
  for i = 1, #page, 2 do
    local deadAt = page[i + 1] - LAST
    if deadAt > since or page[i] > behind then found[#found + 1] = {page[i], deadAt} end
  end
  offset = offset + ${LOOK}
until #found > limit or #page < ${2 * LOOK}
if #found == 0 then return {0} end

local fields, bodies, reply, together = {}, {}, {0}, 0
for i, message in ipairs(found) do fields[i] = 'r:' .. message[1] end
for i, record in ipairs(redis.call('HMGET', KEYS[2], unpack(fields))) do
  local _, attempts, _, bytes = string.match(record, '${RECORD}')
  together = together + bytes
  if i > limit or (i > 1 and together > ${MAX_BODIES_BYTES}) then
    reply[1] = 1
    break
  end
  reply[i + 1], bodies[i] = {found[i][1], found[i][2], tonumber(attempts)}, 'b:' .. found[i][1]
end
for i, body in ipairs(redis.call('HMGET', KEYS[2], unpack(bodies))) do reply[i + 1][4] = body end
return reply
`,
};

/**
 * How the next two begin: the first messages that were dead at a time. They end with what is answered: how many these were,
 * how many are left, and the time.
 *
 *   KEYS[1] places  KEYS[2] messages  ARGV[1] that time, in ms, or "" for now  ARGV[2] clock
 */
const FIRST_DEAD = `${CLOCK}${PLACES}
local till = tonumber(ARGV[1]) or now
local ids = redis.call('ZRANGE', KEYS[1], at(LAST, 0), at(LAST, till), 'BYSCORE', 'LIMIT', 0, ${SWEEP})
if #ids == 0 then return {0, 0, till} end
local fields, places = {}, {}
`;
const COUNT_LEFT = `
return {#ids, #ids < ${SWEEP} and 0 or redis.call('ZCOUNT', KEYS[1], at(LAST, 0), at(LAST, till)), till}
`;

/** Makes dead messages ready. How often they were received in all is kept: no receipt of before is good for one of after. */
export const REDRIVE: Script = {
  name: "queue-redrive",
  sha1: "e3c7d51c72ee0ddb3f2def80688cebaa4625cd5f",
  commands: 7,
  lua: `${FIRST_DEAD}
for i, id in ipairs(ids) do fields[i] = 'r:' .. id end
local records = {}
for i, held in ipairs(redis.call('HMGET', KEYS[2], unpack(fields))) do
  local id = ids[i]
  records[2 * i - 1] = fields[i]
  records[2 * i] = string.gsub(held, '${RECORD}', '%1 0 0 %4')
  for _, part in ipairs({at(READY, sentAt(id)), id, at(SENT, sentAt(id)), '@' .. id}) do places[#places + 1] = part end
end
redis.call('HSET', KEYS[2], unpack(records))
redis.call('ZADD', KEYS[1], unpack(places))
${COUNT_LEFT}`,
};

/** Deletes dead messages. */
export const PURGE: Script = {
  name: "queue-purge",
  sha1: "2a92e4f31035f9462d81aa6a4bea8a7cd73b3bed",
  commands: 6,
  lua: `${FIRST_DEAD}
for i, id in ipairs(ids) do
  fields[2 * i - 1], fields[2 * i] = 'r:' .. id, 'b:' .. id
  places[2 * i - 1], places[2 * i] = id, '@' .. id
end
redis.call('ZREM', KEYS[1], unpack(places))
redis.call('HDEL', KEYS[2], unpack(fields))
${COUNT_LEFT}`,
};
