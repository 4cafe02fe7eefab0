// The Lua that sends.

import type { Script } from "../../redis/index.ts";
import { CLOCK, PLACES } from "./places-lua.ts";

const KEEP_MS = 86_400_000;
const DEDUP_MS = 300_000;

/**
 * Sends messages, or none of them: answers {"sent", 1 where it is a repeat, id…}, or {"other-request"}.
 *
 * Ids are of Redis's clock, and never of an earlier time than the last one: where the clock goes back they count on.
 *
 * A dedupId is kept with the id it got, which says when that was. The hash of an even stretch of 300 s and that of an odd one
 * take turns: when one comes to be used again, all in it is too old. So any number of dedupIds is read with two commands.
 *
 *   KEYS[1] places  KEYS[2] messages  KEYS[3], KEYS[4] dedupIds  KEYS[5] sent, with an idempotency key only
 *   ARGV[1] request  ARGV[2…] of each message 3: body, milliseconds of delay, dedupId or ""  ARGV[n] clock
 */
export const SEND: Script = {
  name: "queue-send",
  sha1: "8a1c5fd2fae9d5acdfbf300c90f426452200f51a",
  // With dedupIds and an idempotency key.
  commands: 12,
  lua: `${CLOCK}${PLACES}
if KEYS[5] then
  local request, ids = string.match(redis.call('GET', KEYS[5]) or '', '^(%S*) (.+)$')
  if ids and request ~= ARGV[1] then return {'other-request'} end
  if ids then
    local reply = {'sent', 1}
    for id in string.gmatch(ids, '%S+') do reply[#reply + 1] = id end
    return reply
  end
end

local turn = math.floor(now / ${DEDUP_MS})
local current, other = KEYS[3 + turn % 2], KEYS[4 - turn % 2]
local asked, known, fresh = {''}, {}, {}
for i = 2, #ARGV - 1, 3 do
  if ARGV[i + 2] ~= '' then asked[#asked + 1] = ARGV[i + 2] end
end
if #asked > 1 then
  local held, before = redis.call('HMGET', current, unpack(asked)), redis.call('HMGET', other, unpack(asked))
  -- The field '' says whose turn the hash is of; no dedupId is empty.
  if held[1] and tonumber(held[1]) < turn then
    redis.call('UNLINK', current)
    held = {}
  end
  for i = 2, #asked do
    local id = held[i] or before[i]
    if id and now - sentAt(id) < ${DEDUP_MS} then known[asked[i]] = id end
  end
end

local last = redis.call('HGET', KEYS[2], 'last') or '0000000000000-000000'
local ms, n = sentAt(last), tonumber(string.sub(last, 15))
local ids, records, places = {}, {}, {}
for i = 2, #ARGV - 1, 3 do
  local body, delay, dedupId = ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2]
  local id = known[dedupId]
  if not id then
    if now > ms then ms, n = now, 0 elseif n < 999999 then n = n + 1 else ms, n = ms + 1, 0 end
    id = string.format('%013.0f-%06.0f', ms, n)
    if dedupId ~= '' then
      known[dedupId] = id
      fresh[#fresh + 1] = dedupId
      fresh[#fresh + 1] = id
    end
    last = id
    records[#records + 1] = 'b:' .. id
    records[#records + 1] = body
    records[#records + 1] = 'r:' .. id
    records[#records + 1] = '0 0 0 ' .. #body
    places[#places + 1] = delay > 0 and at(DELAYED, now + delay) or at(READY, ms)
    places[#places + 1] = id
    places[#places + 1] = at(SENT, ms)
    places[#places + 1] = '@' .. id
  end
  ids[#ids + 1] = id
end

if #places > 0 then
  redis.call('HSET', KEYS[2], 'last', last, unpack(records))
  redis.call('ZADD', KEYS[1], unpack(places))
end
if #fresh > 0 then
  redis.call('HSET', current, '', string.format('%.0f', turn), unpack(fresh))
  redis.call('PEXPIRE', current, ${2 * DEDUP_MS})
end
if KEYS[5] then redis.call('SET', KEYS[5], ARGV[1] .. ' ' .. table.concat(ids, ' '), 'PX', ${KEEP_MS}) end
return {'sent', 0, unpack(ids)}
`,
};
