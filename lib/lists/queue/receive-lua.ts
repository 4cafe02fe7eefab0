// The Lua that receives, acks and extends.

import type { Script } from "../../redis/index.ts";
import { CLOCK, PLACES, RECORD } from "./places-lua.ts";

/** Messages of each kind whose time has come that one receive makes ready. */
const DUE = 500;
/** What the bodies of one answer have together, at most; one alone may have more. */
export const MAX_BODIES_BYTES = 1_048_576;
const DEFAULT_MAX_ATTEMPTS = 5;

/**
 * Takes the first messages that are visible: {id, receive, attempts, body} of each.
 *
 * Bodies are read when it is known that they fit: a hundred of the largest would keep Redis busy for 100 ms.
 *
 *   KEYS[1] places  KEYS[2] messages
 *   ARGV[1] messages at most  ARGV[2] milliseconds of visibility  ARGV[3] clock
 */
export const RECEIVE: Script = {
  name: "queue-receive",
  sha1: "080d5b670d5dfb4864448877caa674d64c84f9a7",
  commands: 9,
  lua: `${CLOCK}${PLACES}
local max, hidden = tonumber(ARGV[1]), now + ARGV[2]
local ids, moved = redis.call('ZRANGE', KEYS[1], at(READY, 0), '(' .. at(DELAYED, 0), 'BYSCORE', 'LIMIT', 0, max), {}
for _, place in ipairs({DELAYED, FLIGHT}) do
  local due = redis.call('ZRANGE', KEYS[1], at(place, 0), at(place, now), 'BYSCORE', 'LIMIT', 0, ${DUE})
  for _, id in ipairs(due) do
    ids[#ids + 1] = id
    moved[id] = true
  end
end
if #ids == 0 then return {} end
table.sort(ids)

local fields = {'maxAttempts'}
for i = 1, math.min(max, #ids) do fields[i + 1] = 'r:' .. ids[i] end
local held = redis.call('HMGET', KEYS[2], unpack(fields))
local maxAttempts = tonumber(held[1] or ${DEFAULT_MAX_ATTEMPTS})

local taken, bodies, together, records, places = {}, {}, 0, {}, {}
for i, id in ipairs(ids) do
  local receive, attempts, _, bytes = string.match(held[i + 1] or '', '${RECORD}')
  together = together + (bytes or 0)
  local place
  if bytes and (i == 1 or together <= ${MAX_BODIES_BYTES}) then
    receive, attempts = receive + 1, attempts + 1
    local last = attempts >= maxAttempts
    place = at(last and LAST or FLIGHT, hidden)
    records[#records + 1] = 'r:' .. id
    records[#records + 1] = string.format('%.0f %.0f %d %s', receive, attempts, last and 1 or 0, bytes)
    taken[i], bodies[i] = {id, receive, attempts}, 'b:' .. id
  elseif moved[id] then
    place = at(READY, sentAt(id))
  end
  if place then
    places[#places + 1] = place
    places[#places + 1] = id
  end
end
redis.call('ZADD', KEYS[1], unpack(places))
redis.call('HSET', KEYS[2], unpack(records))
for i, body in ipairs(redis.call('HMGET', KEYS[2], unpack(bodies))) do taken[i][4] = body end
return taken
`,
};

/**
 * How the next two begin: a receipt is good while no later one was given, unless a redrive has set the attempts to 0.
 *
 *   KEYS[1] places  KEYS[2] messages  ARGV[1] id  ARGV[2] which receive
 *
 * Answers {"unknown"} or {"stale"} where it is not.
 */
const HOLD = `
local id, receive = ARGV[1], tonumber(ARGV[2])
local latest, attempts, last = string.match(redis.call('HGET', KEYS[2], 'r:' .. id) or '', '${RECORD}')
if not latest or receive > tonumber(latest) then return {'unknown'} end
if receive < tonumber(latest) or attempts == '0' then return {'stale'} end
`;

/** Deletes a message: {"acked"}. KEYS and ARGV as above. */
export const ACK: Script = {
  name: "queue-ack",
  sha1: "876f232794523bef7538d494d2b4a43a7fe5e72c",
  commands: 4,
  lua: `${HOLD}
redis.call('ZREM', KEYS[1], id, '@' .. id)
redis.call('HDEL', KEYS[2], 'b:' .. id, 'r:' .. id)
return {'acked'}
`,
};

/**
 * Sets when a message is visible again: {"extended", when that is}. One that was dead is in flight again, and counts among
 * those whose age is told.
 *
 *   ARGV[3] milliseconds from now  ARGV[4] clock
 */
export const EXTEND: Script = {
  name: "queue-extend",
  sha1: "4f71f104b1d2ecbe650e051e998308ae655e9e77",
  commands: 4,
  lua: `${HOLD}${CLOCK}${PLACES}
local visibleAt = now + ARGV[3]
redis.call('ZADD', KEYS[1], at(last == '1' and LAST or FLIGHT, visibleAt), id, at(SENT, sentAt(id)), '@' .. id)
return {'extended', visibleAt}
`,
};
