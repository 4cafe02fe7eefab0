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
 * Counts, unless the caller's key has counted within the last day: answers {"repeated", value} then.
 *
 *   KEYS[1], KEYS[2] and ARGV[1…] as above, and
 *   KEYS[3] the keys used today: a hash of "RESULT TIME" by the key's SHA-256  KEYS[4…] those of the days beside it
 *   ARGV[n-2] SHA-256 of the key  ARGV[n-1] milliseconds since 1970, now  ARGV[n] milliseconds today's keys last
 */
export const INCREMENT_ONCE: Script = {
  name: "counter-increment-once",
  sha1: "ab5ba17038620f152fe76754a07e62823d2d4c8a",
  commands: 10,
  lua: `${COUNT}
local id, now, lasts = ARGV[#ARGV - 2], ARGV[#ARGV - 1], ARGV[#ARGV]
for used = 3, #KEYS do
  local value, at = string.match(redis.call('HGET', KEYS[used], id) or '', '^(%S+) (%d+)$')
  if value and now - at < 86400000 then return {'repeated', value} end
end
local answer = count()
if answer[1] == 'counted' then
  redis.call('HSET', KEYS[3], id, string.format('%.0f', answer[2]) .. ' ' .. now)
  redis.call('PEXPIRE', KEYS[3], lasts)
end
return answer
`,
};

export const COUNTER_SCRIPTS = [INCREMENT, INCREMENT_ONCE] as const;
