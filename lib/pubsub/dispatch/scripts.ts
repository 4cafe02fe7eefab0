// The Lua of the dispatcher. It compares and writes; what is decided is decided outside. All keys are in one slot.

import type { Script } from "../../redis/index.ts";
import { EVENTS, LAST } from "../keys.ts";
import { ACTIVE } from "../subscriptions/records.ts";

/** The member of the agenda that has everything looked at once an hour, in case anything was ever overlooked. */
export const LOOK_AGAIN = "{look}";
const LOOK_AGAIN_MS = 3_600_000;

/**
 * What is due. Nothing: answers {}. Else {due, subscriptions, progress, leases, heads, trimmed}, each as a list of
 * fields and values; `due` of members and scores.
 *
 *   KEYS[1] agenda  KEYS[2] subscriptions  KEYS[3] progress  KEYS[4] leases  KEYS[5] heads  KEYS[6] trimmed
 *   ARGV[1] milliseconds since 1970, now
 */
export const SURVEY: Script = {
  name: "dispatch-survey",
  sha1: "bf7bc5be9437408ae7cbe2ba7efd6a6f1bb58ce7",
  commands: 7,
  billed: (reply) => (Array.isArray(reply) && reply.length === 0 ? 2 : 7),
  lua: `
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'WITHSCORES')
if #due == 0 then return {} end
local answer = {due}
for i = 2, 6 do answer[i] = redis.call('HGETALL', KEYS[i]) end
return answer
`,
};

/**
 * Takes subscriptions whose leases are as they were seen: whoever served one since has left another. Where the taker is
 * killed, the agenda brings them back when the lease ends. One that was not on the agenda, and has been put there since, stays
 * as it is: somebody has something for it that the taker does not know. Answers {1 for each taken or 0, in their order}, and last of all 1
 * where something was published since the survey: then the agenda keeps saying so.
 *
 *   KEYS[1] leases  KEYS[2] agenda  KEYS[3] heads
 *   ARGV[1] lease to write  ARGV[2] when it ends  ARGV[3] milliseconds since 1970, now  ARGV[4] last id as it was seen
 *   ARGV[5] number of those to take  ARGV[6…] of each its id, its lease as it was seen, and 1 where the agenda has called for
 *   it; then ids left for later, due at once
 */
export const CLAIM: Script = {
  name: "dispatch-claim",
  sha1: "5d97a91000b1f7b69ccb466b178289f9b4080bc1",
  commands: 7,
  lua: `
local count, ids, answer, leases = tonumber(ARGV[5]), {}, {}, {}
local called, others = {string.format('%.0f', ARGV[3] + ${LOOK_AGAIN_MS}), '${LOOK_AGAIN}'}, {}
local function put(on, score, id) on[#on + 1], on[#on + 2] = score, id end
for i = 1, count do ids[i] = ARGV[3 + 3 * i] end
local held = count > 0 and redis.call('HMGET', KEYS[1], unpack(ids)) or {}
for i = 1, count do
  local free = (held[i] or '') == ARGV[4 + 3 * i]
  answer[i] = free and 1 or 0
  if free then
    leases[#leases + 1], leases[#leases + 2] = ids[i], ARGV[1]
    put(ARGV[5 + 3 * i] == '1' and called or others, ARGV[2], ids[i])
  end
end
for i = 6 + 3 * count, #ARGV do put(others, ARGV[3], ARGV[i]) end
if #leases > 0 then redis.call('HSET', KEYS[1], unpack(leases)) end
redis.call('ZADD', KEYS[2], unpack(called))
if #others > 0 then redis.call('ZADD', KEYS[2], 'LT', unpack(others)) end
local moved = (redis.call('HGET', KEYS[3], '${LAST}') or '') ~= ARGV[4]
if not moved then redis.call('ZREM', KEYS[2], '${EVENTS}') end
answer[count + 1] = moved and 1 or 0
return answer
`,
};

/** Retries read with one command: a script must not keep Redis busy for long, and each may be a quarter of a MiB. */
const LOADED = 10;

/**
 * What of a subscription is due to be tried again: {how many are pending, 1 where more is due, ids and records}.
 *
 *   KEYS[1] due  KEYS[2] pending
 *   ARGV[1] milliseconds since 1970, now  ARGV[2] how many, at most 50  ARGV[3] bytes: what fills them is the last
 */
export const LOAD: Script = {
  name: "dispatch-load",
  sha1: "2e1d210b1a5a24b8b9bc8a7ef2ce895392aca6bc",
  commands: 8,
  billed: (reply) => 4 + Math.floor((reply as [number, number, unknown[]])[2].length / (2 * LOADED)),
  lua: `
local pending = redis.call('HLEN', KEYS[2])
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
if #ids == 0 then return {pending, 0, {}} end
local bytes, answer = tonumber(ARGV[3]), {}
for first = 1, #ids, ${LOADED} do
  local some = {unpack(ids, first, math.min(first + ${LOADED} - 1, #ids))}
  for i, record in ipairs(redis.call('HMGET', KEYS[2], unpack(some))) do
    if bytes <= 0 then return {pending, 1, answer} end
    answer[#answer + 1], answer[#answer + 2] = some[i], record or ''
    bytes = bytes - #answer[#answer]
  end
end
return {pending, #ids == tonumber(ARGV[2]) and 1 or 0, answer}
`,
};

/** How a subscription that is given back stands on the agenda: not at all, unless it is active. */
const AFTERWARDS = `
local function afterwards(definition, moved, wanted)
  if definition and string.sub(definition, 1, ${ACTIVE.length}) ~= '${ACTIVE}' then return nil end
  return moved and NOW or wanted
end
`;

/**
 * Writes down what was done for a subscription, and gives it back if that was all. Answers {"lost"} where it is not the caller's any
 * more, and writes nothing; else {"kept", definition or ""}, or {"released", 1 where it is to be looked at at once}.
 *
 *   KEYS[1] subscriptions  KEYS[2] progress  KEYS[3] leases  KEYS[4] agenda  KEYS[5] heads
 *   KEYS[6] due  KEYS[7] pending  KEYS[8] lanes  KEYS[9] dead  KEYS[10] attempts
 *   ARGV[1] id  ARGV[2] lease  ARGV[3] lease to leave behind, "" to go on  ARGV[4] last id as it was seen
 *   ARGV[5] milliseconds since 1970, now  ARGV[6] when to look again, "" for when something is due  ARGV[7] progress
 *   ARGV[8] definition as it was seen  ARGV[9] definition to put in its place, or ""
 *   ARGV[10…] eight lists, each behind its length: not due any more; due, score and id; not pending any more; pending, id and
 *   record; lanes that are empty; lanes, name and ids; dead letters, five each; attempts
 */
export const COMMIT = {
  name: "dispatch-commit",
  sha1: "3e0171dc6184d9c07dcd7da95021c465b752a6c4",
  lua: `local NOW = ARGV[5]
${AFTERWARDS}
local id, at = ARGV[1], 10
if redis.call('HGET', KEYS[3], id) ~= ARGV[2] then return {'lost'} end
local definition = redis.call('HGET', KEYS[1], id)
if ARGV[9] ~= '' and definition == ARGV[8] then
  definition = ARGV[9]
  redis.call('HSET', KEYS[1], id, definition)
end
redis.call('HSET', KEYS[2], id, ARGV[7])

local function list()
  local from, count = at + 1, tonumber(ARGV[at])
  at = at + 1 + count
  return {unpack(ARGV, from, from + count - 1)}
end
local function write(command, key)
  local values = list()
  if #values > 0 then redis.call(command, key, unpack(values)) end
  return #values
end
write('ZREM', KEYS[6])
write('ZADD', KEYS[6])
write('HDEL', KEYS[7])
write('HSET', KEYS[7])
write('HDEL', KEYS[8])
write('HSET', KEYS[8])
local letters = list()
for i = 1, #letters, 5 do
  redis.call('XADD', KEYS[9], 'MAXLEN', '~', 10000, '*', 'id', letters[i], 'attempts', letters[i + 1],
    'status', letters[i + 2], 'event', letters[i + 3], 'at', letters[i + 4])
end
if write('LPUSH', KEYS[10]) > 0 then redis.call('LTRIM', KEYS[10], 0, 99) end

if ARGV[3] == '' then return {'kept', definition or ''} end
redis.call('HSET', KEYS[3], id, ARGV[3])
local wanted = ARGV[6]
if wanted == '' then wanted = redis.call('ZRANGE', KEYS[6], 0, 0, 'WITHSCORES')[2] end
local moved = (redis.call('HGET', KEYS[5], '${LAST}') or '') ~= ARGV[4]
local when = afterwards(definition, moved, wanted)
if when then redis.call('ZADD', KEYS[4], when, id) else redis.call('ZREM', KEYS[4], id) end
return {'released', when and tonumber(when) <= tonumber(NOW) and 1 or 0}
`,
} satisfies Omit<Script, "commands">;

/**
 * Gives back subscriptions for which there was nothing to do but to move on. What is not the caller's any more stays as it is.
 * So does what is on the agenda otherwise than the claim has put it there: another has something for it.
 * Answers how many are to be looked at at once.
 *
 *   KEYS[1] subscriptions  KEYS[2] progress  KEYS[3] leases  KEYS[4] agenda  KEYS[5] heads
 *   ARGV[1] lease  ARGV[2] lease to leave behind  ARGV[3] when the lease ends  ARGV[4] last id as it was seen
 *   ARGV[5] milliseconds since 1970, now  ARGV[6…] id, progress or "" where it is the same, when to look again or "", of each
 */
export const PASS: Script = {
  name: "dispatch-pass",
  sha1: "dcf471176cec50cf59a4561ca358cdc39582d7a5",
  commands: 9,
  lua: `local NOW = ARGV[5]
${AFTERWARDS}
local ids, progress, leases, due, idle = {}, {}, {}, {}, {}
for i = 6, #ARGV, 3 do ids[#ids + 1] = ARGV[i] end
local held = redis.call('HMGET', KEYS[3], unpack(ids))
local definitions = redis.call('HMGET', KEYS[1], unpack(ids))
local scores = redis.call('ZMSCORE', KEYS[4], unpack(ids))
local moved = (redis.call('HGET', KEYS[5], '${LAST}') or '') ~= ARGV[4]
local again = 0
for i, id in ipairs(ids) do
  if held[i] == ARGV[1] then
    local text, wanted = ARGV[4 + 3 * i], ARGV[5 + 3 * i]
    if text ~= '' then progress[#progress + 1], progress[#progress + 2] = id, text end
    leases[#leases + 1], leases[#leases + 2] = id, ARGV[2]
    local when = afterwards(definitions[i], moved, wanted ~= '' and wanted or nil)
    if tonumber(scores[i] or 0) ~= tonumber(ARGV[3]) then
      if scores[i] then again = again + 1 end
    elseif when then
      due[#due + 1], due[#due + 2] = when, id
      if tonumber(when) <= tonumber(NOW) then again = again + 1 end
    else
      idle[#idle + 1] = id
    end
  end
end
if #progress > 0 then redis.call('HSET', KEYS[2], unpack(progress)) end
if #leases > 0 then redis.call('HSET', KEYS[3], unpack(leases)) end
if #due > 0 then redis.call('ZADD', KEYS[4], unpack(due)) end
if #idle > 0 then redis.call('ZREM', KEYS[4], unpack(idle)) end
return again
`,
};

export const DISPATCH_SCRIPTS = [SURVEY, CLAIM, LOAD, COMMIT, PASS] as const;
