// The Lua of the algorithms: what a section of a key's text means.

/**
 * Functions of a limit and its section, at the time `now`: what is `missing` from a bucket, the `room` there is, `take`
 * (for spending now, or at the latest `hold` ms from now), how long to `wait` for that much room, and to `tidy` away
 * what does not count any more.
 *
 * Fixed and sliding are one counter. Time is cut into parts, of a window or of a sixtieth of one; AMOUNT is what was
 * taken in a part, and counts for a window from AT: for fixed the part's beginning, for sliding the last time something
 * was taken in it. So it counts for no less than a window from when it was taken, and for no more than 61/60 of one.
 * Permits in advance count from the time they end: whenever they are spent, they count for a window from then.
 *
 * A bucket is what is missing from it, AMOUNT, at a time, AT (GCRA, with the tolerance of a whole window). One token is
 * as many units as the window has milliseconds, so that `limit` units come back each millisecond and all is whole
 * numbers. Permits in advance are taken as if at their end: what comes back until then is not counted.
 */
export const ALGORITHMS = `local function missing(limit, section)
  local bucket = section.taken[0]
  return bucket and math.max(0, bucket.amount - math.max(0, now - bucket.at) * limit.limit) or 0
end

local function room(limit, section)
  if limit.bucket then return math.floor((limit.limit * limit.window - missing(limit, section)) / limit.window) end
  local free = limit.limit
  for _, taken in pairs(section.taken) do
    if taken.at + limit.window > now then free = free - taken.amount end
  end
  return free
end

local function take(limit, section, amount, hold)
  local at, part = now + hold, 0
  local before = 0
  if limit.bucket then
    at, before, amount = now, math.max(missing(limit, section), hold * limit.limit), amount * limit.window
  else
    part = math.floor(at * limit.parts / limit.window)
    if limit.parts == 1 then part = limit.part; at = part * limit.window end
    before = section.taken[part] and section.taken[part].amount or 0
  end
  if section.taken[part] then at = math.max(at, section.taken[part].at) end
  section.taken[part] = { amount = before + amount, at = at }
  return part
end

local function wait(limit, section, need)
  if limit.bucket then
    local excess = missing(limit, section) + (need - limit.limit) * limit.window
    return math.max(0, math.ceil(excess / limit.limit))
  end
  if limit.parts == 1 then return (limit.part + 1) * limit.window - now end
  local free, counting = room(limit, section), {}
  for _, taken in pairs(section.taken) do
    if taken.at + limit.window > now then counting[#counting + 1] = taken end
  end
  table.sort(counting, function(a, b) return a.at < b.at end)
  for _, taken in ipairs(counting) do
    free = free + taken.amount
    if free >= need then return taken.at + limit.window - now end
  end
  return 0
end

local function tidy(limit, section)
  section.ends = now
  if limit.bucket then section.ends = now + math.ceil(missing(limit, section) / limit.limit) return end
  for part, taken in pairs(section.taken) do
    local ends = taken.at + limit.window
    if ends <= now or taken.amount == 0 then section.taken[part] = nil else section.ends = math.max(section.ends, ends) end
  end
end`;
