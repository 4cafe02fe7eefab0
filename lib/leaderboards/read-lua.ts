// The Lua that reads boards, and takes members off them.

import type { Script } from "../redis/index.ts";
import { READ_INDEX, WRITE_INDEX } from "./index-lua.ts";

/**
 * `pageOf(index, found, start)`: what a page is made of. Answers {members of the board, place of the first (from 0), members
 * before its equals, {stamped name, value, …}, {record or nil, …}}.
 */
const PAGE_OF = `
local function pageOf(index, found, start)
  local fields = {'#'}
  if found[2] then index.want(fields, tonumber(found[2]), 1, DEPTH) end
  local names = {}
  for i = 1, #found, 2 do
    names[#names + 1] = string.match(found[i], '%S+$')
    fields[#fields + 1] = names[#names]
  end
  index.read(fields)
  local records = {}
  for i, name in ipairs(names) do records[i] = index.text(name) end
  return {index.total(), start, found[2] and index.count(tonumber(found[2])) or 0, found, records}
end
`;

/** KEYS[1] places  KEYS[2] index  ARGV[1], ARGV[2] first and last place, from 0. Answers as pageOf. */
export const PAGE: Script = {
  name: "leaderboard-page",
  sha1: "5ca871160e7165c446bcd5f0741f27cd51ccb76e",
  commands: 3,
  lua: `${READ_INDEX}${PAGE_OF}
local found = redis.call('ZRANGE', KEYS[1], ARGV[1], ARGV[2], 'WITHSCORES')
return pageOf(openIndex(KEYS[2]), found, tonumber(ARGV[1]))
`,
};

/**
 * The places around a member.
 *
 *   KEYS[1] places  KEYS[2] index  ARGV[1] member  ARGV[2] how many places  ARGV[3] "earlier" or "name", as UPDATE
 *
 * Answers as pageOf, or nil where the member is not on the board.
 */
export const AROUND: Script = {
  name: "leaderboard-around",
  sha1: "39d4b7b02167c7e8d20bf77d930cb8addb2c94cf",
  commands: 5,
  lua: `${READ_INDEX}${PAGE_OF}
local index, member, limit = openIndex(KEYS[2]), ARGV[1], tonumber(ARGV[2])
if ARGV[3] == 'earlier' then
  index.read({ARGV[1]})
  local record = index.record(ARGV[1])
  if not record then return false end
  if record.stamp ~= '' then member = record.stamp .. ' ' .. member end
end
local place = redis.call('ZRANK', KEYS[1], member)
if not place then return false end

-- As far as the window can reach to either side; where it ends shows how many there are behind.
local from = math.max(0, place - limit + 1)
local found = redis.call('ZRANGE', KEYS[1], from, place + limit - 1, 'WITHSCORES')
local last = from + #found / 2 - 1
local start = math.max(0, math.min(place - math.floor(limit / 2), last - limit + 1))
local window = {}
for i = 2 * (start - from) + 1, math.min(2 * (start - from + limit), #found) do window[#window + 1] = found[i] end
return pageOf(index, window, start)
`,
};

/**
 * Where members stand.
 *
 *   KEYS[1] index  ARGV[1…] members
 *
 * Answers {members of the board, {record, members before it, members equal to it} or nil, …}.
 */
export const STANDINGS: Script = {
  name: "leaderboard-standings",
  sha1: "cf503375e1b7727e7cb332d4bf57665137e5e5a6",
  commands: 3,
  lua: `${READ_INDEX}
local index, fields, paths = openIndex(KEYS[1]), {'#'}, {}
for i, member in ipairs(ARGV) do fields[i + 1] = member end
index.read(fields)
for _, member in ipairs(ARGV) do
  local record = index.record(member)
  if record then index.want(paths, record.value, 1, DEPTH) end
end
index.read(paths)
local answer = {index.total()}
for i, member in ipairs(ARGV) do
  local record = index.record(member)
  answer[i + 1] = record and {index.text(member), index.count(record.value)} or false
end
return answer
`,
};

/**
 * Takes a member off boards. Answers on how many it was.
 *
 *   KEYS[1] places  KEYS[2] index  KEYS[3…] the same of each period  ARGV[1] member
 */
export const REMOVE: Script = {
  name: "leaderboard-remove",
  sha1: "606712704b71d713f5c3e61fc53c316ee352b5ae",
  // The caller says how many it can be: see `remove`.
  commands: 0,
  lua: `${WRITE_INDEX}
local was = 0
for b = 1, #KEYS, 2 do
  local index = openIndex(KEYS[b + 1])
  index.read({ARGV[1]})
  local record = index.record(ARGV[1])
  if record then
    was = was + 1
    index.fetch({record.value})
    redis.call('ZREM', KEYS[b], record.stamp == '' and ARGV[1] or record.stamp .. ' ' .. ARGV[1])
    index.add(record.value, -1)
    if index.total() == 0 then
      redis.call('DEL', KEYS[b + 1])
    else
      index.write({}, {ARGV[1]})
    end
  end
end
return was
`,
};
