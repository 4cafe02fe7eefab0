// The Lua of counters. All keys of a counter are in one slot.

import type { Script } from "../redis/index.ts";

/**
 * `count()` adds to the counter and its series, or to none of them, and answers {"counted", value} or
 * {"out-of-range"}. INCRBY counts in 64 bits, so a sum beyond 2^53 is seen as such, and taken back.
 *
 *   KEYS[1] counter  KEYS[2] series
 *   ARGV[1] by  ARGV[2] milliseconds the series lasts  ARGV[3] number of buckets  ARGV[4…] field and index of each, the
 *   shortest first
 */
const COUNT = `
local MAX = 9007199254740991
local function beyond(n) return n > MAX or n < -MAX end
local function count()
  local by, fields, set, opened = tonumber(ARGV[1]), {}, {}, false
  for i = 1, tonumber(ARGV[3]) do fields[i] = ARGV[2 + 2 * i] end
  local value = redis.call('INCRBY', KEYS[1], ARGV[1])
  local refused = beyond(value)
  if not refused and #fields > 0 then
    local held = redis.call('HMGET', KEYS[2], unpack(fields))
    for i, field in ipairs(fields) do
      local index, owner, sum = ARGV[3 + 2 * i], string.match(held[i] or '0 0', '^(%d+) (%S+)$')
      opened = owner ~= index
      if opened then sum = 0 end
      sum = sum + by
      refused = refused or beyond(sum)
      -- A ring's field is never given back to an older bucket, whatever the clock says.
      if tonumber(owner) <= tonumber(index) then
        set[#set + 1] = field
        set[#set + 1] = index .. ' ' .. string.format('%.0f', sum)
      end
    end
  end
  if refused then
    redis.call('INCRBY', KEYS[1], string.format('%.0f', -by))
    return {'out-of-range'}
  end
  if #set > 0 then redis.call('HSET', KEYS[2], unpack(set)) end
  if opened then redis.call('PEXPIRE', KEYS[2], ARGV[2]) end
  return {'counted', value}
end
`;

/** Counts. KEYS and ARGV as above. */
export const INCREMENT: Script = {
  name: "counter-increment",
  sha1: "9eeedbf2374ac97e2f10448e06935700cefcbe0a",
  commands: 5,
  lua: `${COUNT}return count()
`,
};

/**
 * Counts, unless the caller's key has been used within the last day: answers {"repeated", value} then, or
 * {"repeated", "out-of-range"}, or {"other-request"} where it came with another.
 *
 *   KEYS[1], KEYS[2] and ARGV[1…] as above, and
 *   KEYS[3] used: "REQUEST RESULT"
 *   ARGV[n] request
 */
export const INCREMENT_ONCE: Script = {
  name: "counter-increment-once",
  sha1: "ca9d785a9158a68d6ece739fcdcf0197e8ae6718",
  commands: 7,
  lua: `${COUNT}
local request, result = string.match(redis.call('GET', KEYS[3]) or '', '^(%S*) (%S+)$')
if result and request ~= ARGV[#ARGV] then return {'other-request'} end
if result then return {'repeated', result} end
local answer = count()
result = answer[2] and string.format('%.0f', answer[2]) or answer[1]
redis.call('SET', KEYS[3], ARGV[#ARGV] .. ' ' .. result, 'PX', 86400000)
return answer
`,
};

export const COUNTER_SCRIPTS = [INCREMENT, INCREMENT_ONCE] as const;
