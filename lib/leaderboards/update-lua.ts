// The Lua that brings scores onto boards.

import type { Script } from "../redis/index.ts";
import { WRITE_INDEX } from "./index-lua.ts";

/**
 * Updates members on a board and its periods: on all of them or on none.
 *
 * Values are scores of which the lesser is the better one: a descending board's are negated by the caller.
 *
 *   KEYS[1] places: a sorted set of the members by value  KEYS[2] index  KEYS[3…] the same of each period
 *   ARGV[1] "best", "latest" or "sum"  ARGV[2] members a board keeps  ARGV[3] "earlier" or "name": who stands first among equals
 *   ARGV[4] number of updates  ARGV[5…] member, value and data ("" for none given) of each
 *   ARGV[n…] milliseconds each board is kept, 0 for good
 *
 * A member of the sorted set is the name, behind its stamp ("0000000000000042 ada") where the earlier stands first.
 *
 * Answers {"out-of-range", member} or {"updated", value, members before it (−1: fallen off), 1 if changed, …}.
 */
export const UPDATE: Script = {
  name: "leaderboard-update",
  sha1: "9dc73992b14950b4ad58ed246bc887039cafc6a2",
  // The caller says how many it can be: see `update`.
  commands: 0,
  lua: `${WRITE_INDEX}
local MAX = 9007199254740991
local mode, keep, earlier, count = ARGV[1], tonumber(ARGV[2]), ARGV[3] == 'earlier', tonumber(ARGV[4])
local names, fields = {}, {'#', '#seq'}
for i = 1, count do
  names[i] = ARGV[2 + 3 * i]
  fields[i + 2] = names[i]
end

-- What each board will hold. Nothing is written before all of them have said that it can be held.
local boards = {}
for b = 1, #KEYS / 2 do
  local board = { index = openIndex(KEYS[2 * b]), old = {}, now = {}, data = {}, turn = {}, changed = {} }
  board.index.read(fields)
  for i, name in ipairs(names) do
    if board.old[name] == nil then
      board.old[name] = board.index.record(name)
      board.now[name] = board.old[name] and board.old[name].value or nil
      board.turn[name] = i
    end
    local before, value = board.now[name], tonumber(ARGV[3 + 3 * i])
    if mode == 'sum' then value = value + (before or 0) end
    if mode == 'best' and before and before < value then value = before end
    if value > MAX or value < -MAX then return {'out-of-range', name} end
    if value ~= before then
      board.changed[i] = true
      board.turn[name] = i
    end
    board.now[name] = value
    if ARGV[4 + 3 * i] ~= '' then board.data[name] = ARGV[4 + 3 * i] end
  end
  boards[b] = board
end

local function push(list, a, b)
  list[#list + 1] = a
  list[#list + 1] = b
end

local function store(board, b)
  local index, places, set, gone, scores, moved = board.index, KEYS[2 * b - 1], {}, {}, {}, {}
  local begins = index.total() == 0
  local values = {}
  for name, value in pairs(board.now) do
    local was = board.old[name]
    if b == 1 or board.changed[board.turn[name]] then
      values[#values + 1] = value
      if was then values[#values + 1] = was.value end
    end
  end
  index.fetch(values)

  local seq = tonumber(index.text('#seq') or 0)
  for i, name in ipairs(names) do
    local was, value = board.old[name], board.now[name]
    -- At its turn: where it has reached the value it ends with, be it the one it began with, so that stamps are in that order.
    if board.turn[name] == i then
      local stamp, newData = was and was.stamp or '', board.data[name]
      local data = newData or (was or boards[1].old[name] or {data = ''}).data
      if board.changed[i] then
        if was then
          index.add(was.value, -1)
          if stamp ~= '' then push(moved, stamp .. ' ' .. name) end
        end
        index.add(value, 1)
        stamp = ''
        if earlier then
          seq = seq + 1
          stamp = string.format('%016.0f', seq)
        end
        push(scores, string.format('%.17g', value), stamp == '' and name or stamp .. ' ' .. name)
        push(set, name, string.format('%.17g', value) .. ' ' .. stamp .. ' ' .. data)
      elseif data ~= was.data then
        push(set, name, string.format('%.17g', value) .. ' ' .. stamp .. ' ' .. data)
      end
    end
  end
  if earlier and #scores > 0 then push(set, '#seq', string.format('%.0f', seq)) end
  if #moved > 0 then redis.call('ZREM', places, unpack(moved)) end
  if #scores > 0 then redis.call('ZADD', places, unpack(scores)) end

  board.fallen = {}
  -- Where fewer are kept than once were, a board shrinks by a few with each update: no script may take long.
  local over = math.min(index.total() - keep, count + 10)
  if over > 0 then
    local worst, lost = redis.call('ZRANGE', places, -over, -1, 'WITHSCORES'), {}
    for i = 2, #worst, 2 do lost[i / 2] = tonumber(worst[i]) end
    index.fetch(lost)
    for i = 1, #worst, 2 do
      local name = string.match(worst[i], '%S+$')
      board.fallen[name] = true
      push(gone, name)
      index.add(lost[(i + 1) / 2], -1)
    end
    redis.call('ZREMRANGEBYRANK', places, -over, -1)
  end

  index.write(set, gone)
  local lasts = tonumber(ARGV[4 + 3 * count + b])
  if begins and lasts > 0 then
    redis.call('PEXPIRE', places, lasts)
    redis.call('PEXPIRE', KEYS[2 * b], lasts)
  end
end
for b, board in ipairs(boards) do store(board, b) end

local answer, board = {'updated'}, boards[1]
for i, name in ipairs(names) do
  local fallen, value = board.fallen[name], board.now[name]
  answer[3 * i - 1] = string.format('%.17g', value)
  answer[3 * i] = fallen and -1 or board.index.count(value)
  answer[3 * i + 1] = board.changed[i] and not (fallen and not board.old[name]) and 1 or 0
end
return answer
`,
};
