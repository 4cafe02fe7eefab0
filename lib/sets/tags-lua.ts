// The Lua of tags. All keys are in one slot.

import type { Script } from "../redis/index.ts";

/**
 * Replaces an item's tags, in the item and in each tag that changes: all or none. Where the item has a tag whose key was not
 * given, nothing is changed, and what it has is answered.
 *
 *   KEYS[1] the item's tags  KEYS[2…] tags: first the new ones, then such as it may have
 *   ARGV[1] item  ARGV[2] number of new tags  ARGV[3…] the names of KEYS[2…]
 *
 * Answers {} or {tag, …}.
 */
export const REPLACE_TAGS: Script = {
  name: "tags-replace",
  sha1: "2fefcaef9b31245e8a2d315da43700d373d9e497",
  // And one for each tag that changes: see `replace`.
  commands: 4,
  lua: `
local item, count = ARGV[1], tonumber(ARGV[2])
local keys, add = {}, {}
for i = 2, #KEYS do keys[ARGV[i + 1]] = KEYS[i] end
for i = 3, count + 2 do add[ARGV[i]] = true end

local held = redis.call('LRANGE', KEYS[1], 0, -1)
for _, tag in ipairs(held) do
  if not keys[tag] then return held end
end
for _, tag in ipairs(held) do
  if add[tag] then add[tag] = nil else redis.call('ZREM', keys[tag], item) end
end
for tag in pairs(add) do redis.call('ZADD', keys[tag], 0, item) end
redis.call('DEL', KEYS[1])
if count > 0 then redis.call('RPUSH', KEYS[1], unpack(ARGV, 3, count + 2)) end
return {}
`,
};

/**
 * Items that have all of some tags, any of others and none of others still, in the order of their names. Looks at a bounded
 * number of items of the smallest tag that every one of them has (of all tags of "any", where these are fewer), and says
 * how far it came.
 *
 *   KEYS tags: those of "all", of "any", of "none"
 *   ARGV[1], ARGV[2] how many of KEYS are of "all", of "any"  ARGV[3] the item behind which to begin, "" for the first
 *   ARGV[4] items to answer at most  ARGV[5] items to look at at most
 *
 * Answers {item behind which to go on or "" at the end, item, …}.
 *
 * Redis compares names here by their bytes. Lua's \`<\` would follow the locale of the server.
 */
export const FIND_ITEMS: Script = {
  name: "tags-find-items",
  sha1: "e2964cf2cf462895d1feb536e3ce2e2ad7a1ec9a",
  // The caller says how many it can be: see \`items\`.
  commands: 0,
  lua: `
local all, any, limit, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[4]), tonumber(ARGV[5])
local lower = ARGV[3] == '' and '-' or '(' .. ARGV[3]

-- Which tags to look through: KEYS[first] to KEYS[last].
local first, last, least
local function consider(from, to)
  local size = 0
  for i = from, to do size = size + redis.call('ZCARD', KEYS[i]) end
  if not least or size < least then first, last, least = from, to, size end
end
for i = 1, all do consider(i, i) end
if any > 0 then consider(all + 1, all + any) end

-- As far as every one of them was read: beyond it, one might have items that were not.
local each, upper, read = math.floor(most / (last - first + 1)), '+', {}
for i = first, last do
  read[i] = redis.call('ZRANGE', KEYS[i], lower, upper, 'BYLEX', 'LIMIT', 0, each)
  if #read[i] == each then upper = '[' .. read[i][each] end
end
local found, seen = {}, {}
for i = first, last do
  local within = #read[i]
  if i < last and upper ~= '+' then within = redis.call('ZLEXCOUNT', KEYS[i], lower, upper) end
  for j = 1, within do
    local item = read[i][j]
    if not seen[item] then
      seen[item] = true
      found[#found + 1] = item
    end
  end
end

-- Keeps those that have any of the tags from KEYS[from] to KEYS[to], or those that have none of them.
local function keep(from, to, wanted)
  local has, kept = {}, {}
  for i = from, to do
    if #found == 0 then return end
    for j, score in ipairs(redis.call('ZMSCORE', KEYS[i], unpack(found))) do
      if score then has[j] = true end
    end
  end
  for j, item in ipairs(found) do
    if (has[j] or false) == wanted then kept[#kept + 1] = item end
  end
  found = kept
end
for i = 1, all do
  if i ~= first then keep(i, i, true) end
end
if any > 0 and first <= all then keep(all + 1, all + any, true) end
for i = all + any + 1, #KEYS do keep(i, i, false) end

local function before(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x < y end
  end
  return #a < #b
end
if first < last then table.sort(found, before) end
local answer = { upper == '+' and '' or string.sub(upper, 2) }
if #found > limit then answer[1] = found[limit] end
for i = 1, math.min(#found, limit) do answer[i + 1] = found[i] end
return answer
`,
};
