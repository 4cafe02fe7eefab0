// The Lua of rate limits: one script for any number of limits, of any algorithm.

import type { Script } from "../redis/index.ts";
import { ALGORITHMS } from "./algorithms.ts";

/**
 * Checks limits and takes from all of them or from none.
 *
 *   KEYS[i] what limit i has taken
 *   ARGV[1] milliseconds since 1970, or "" for Redis's own clock; then for each limit 10:
 *     algorithm, window (ms), limit, cost, 1 for a shadow policy,
 *     permits wanted in advance, how long they are held (ms),
 *     permits given back, `born` and `part` of the reply that gave them
 *
 * Answers for each limit: 1 where it has room for the cost, remaining, milliseconds until there is more (where it had
 * no room: until there is enough), permits given in advance, how long they may be held, `born`, `part`.
 *
 * A key's text has a section for each algorithm and window it was used with, so that a policy may change:
 * `s60000=BORN/END,PART:AMOUNT@AT,PART:AMOUNT@AT;`. It keeps ten of them at most, so that no key grows with the windows
 * somebody thinks of: what would end first goes first. BORN tells a section from an earlier one of the same key; END is
 * when it may go.
 */
export const CHECK: Script = {
  name: "ratelimit-check",
  sha1: "21f810f80787548c0db77bafe5eec52a1b13a94c",
  // With one limit. Each further one is one more.
  commands: 4,
  lua: `
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

local function parse(text)
  local sections = {}
  for tag, born, ends, data in string.gmatch(text or '', '(%a%d+)=(%d+)/(%d+)([^;]*);') do
    local taken = {}
    for part, amount, at in string.gmatch(data, ',(%d+):(%d+)@(%d+)') do
      taken[tonumber(part)] = { amount = tonumber(amount), at = tonumber(at) }
    end
    sections[tag] = { born = tonumber(born), ends = tonumber(ends), taken = taken }
  end
  return sections
end

${ALGORITHMS}

local stored, limits, keys = redis.call('MGET', unpack(KEYS)), {}, {}
for i, key in ipairs(KEYS) do
  local function arg(n) return ARGV[1 + (i - 1) * 10 + n] end
  local function number(n) return tonumber(arg(n)) end
  local limit = {
    key = key, tag = string.sub(arg(1), 1, 1) .. arg(2), bucket = arg(1) == 'token-bucket',
    window = number(2), limit = number(3), cost = number(4), shadow = arg(5) == '1', want = number(6),
    hold = number(7), given = number(8), born = number(9), givenPart = number(10), leased = 0, leasedPart = 0,
    parts = arg(1) == 'sliding' and 60 or 1,
  }
  limit.part = math.floor(now * limit.parts / limit.window)
  if arg(1) == 'fixed' then limit.hold = math.min(limit.hold, (limit.part + 1) * limit.window - now) end
  limits[i] = limit
end

local function section(limit)
  local sections = keys[limit.key]
  sections[limit.tag] = sections[limit.tag] or { born = now, ends = now, taken = {} }
  return sections[limit.tag]
end

-- What was taken before, without what is given back. Says whether something is.
local function load()
  local given = false
  keys = {}
  for i, key in ipairs(KEYS) do keys[key] = keys[key] or parse(stored[i]) end
  for _, limit in ipairs(limits) do
    local s = section(limit)
    local taken = s.taken[limit.givenPart]
    if limit.given > 0 and not limit.bucket and s.born == limit.born and taken and taken.amount >= limit.given then
      taken.amount = taken.amount - limit.given
      given = true
    end
  end
  return given
end

local function save()
  local current = {}
  for _, limit in ipairs(limits) do
    tidy(limit, section(limit))
    current[limit.key .. limit.tag] = true
  end
  for key, sections in pairs(keys) do
    local text, ends, tags = {}, now, {}
    for tag, s in pairs(sections) do
      if s.ends > now then tags[#tags + 1] = tag end
    end
    -- Those of this check first, then what ends last.
    table.sort(tags, function(a, b)
      local first, second = current[key .. a] or false, current[key .. b] or false
      if first ~= second then return first end
      return sections[a].ends > sections[b].ends
    end)
    for i = 1, math.min(#tags, 10) do
      local tag = tags[i]
      local s = sections[tag]
      text[#text + 1] = string.format('%s=%.0f/%.0f', tag, s.born, s.ends)
      for part, taken in pairs(s.taken) do
        text[#text + 1] = string.format(',%.0f:%.0f@%.0f', part, taken.amount, taken.at)
      end
      text[#text + 1] = ';'
      ends = math.max(ends, s.ends)
    end
    if ends > now then redis.call('SET', key, table.concat(text), 'PX', ends - now) else redis.call('DEL', key) end
  end
end

local changed = load()
local pass = true
for _, limit in ipairs(limits) do
  local s = section(limit)
  limit.fits = room(limit, s) >= math.max(limit.cost, 1)
  if not limit.fits then pass = pass and limit.shadow elseif limit.cost > 0 then take(limit, s, limit.cost, 0) end
end

if pass then
  for _, limit in ipairs(limits) do
    local s = section(limit)
    if limit.fits then
      changed = changed or limit.cost > 0
      local free = room(limit, s)
      if limit.bucket then free = math.min(free, limit.limit - math.ceil(limit.hold * limit.limit / limit.window)) end
      limit.leased = math.max(0, math.min(limit.want, math.floor(free / 2)))
      if limit.leased > 0 then limit.leasedPart = take(limit, s, limit.leased, limit.hold) end
    end
  end
else
  load()
end
if changed then save() end

local replies = {}
for i, limit in ipairs(limits) do
  local s = section(limit)
  local free = math.max(0, room(limit, s))
  local need = math.min(limit.fits and free + 1 or math.max(limit.cost, 1), limit.limit)
  replies[i] =
    { limit.fits and 1 or 0, free, wait(limit, s, need), limit.leased, limit.hold, s.born, limit.leasedPart }
end
return replies
`,
};

export const RATELIMIT_SCRIPTS = [CHECK] as const;
