// The Lua that gives follows and posts their places in time.

/**
 * `stamp(now, …)` is a number that no member of the sorted sets has yet, and greater than all of theirs: microseconds since
 * 1970 where the clock is ahead of them, else one more than the newest. So they stand in the order in which Redis ran
 * them, whatever the isolates' clocks say; no two are equal, so "behind this one" is one place in a list, whatever
 * comes and goes; and none ever comes to be behind one that was seen. Exact to 2^53, until the year 2255.
 *
 * One command for each sorted set.
 */
export const STAMPS = `
local function stamp(now, ...)
  local at = tonumber(now)
  for _, key in ipairs({...}) do
    local newest = redis.call('ZRANGE', key, 0, 0, 'REV', 'WITHSCORES')[2]
    if newest and tonumber(newest) >= at then at = tonumber(newest) + 1 end
  end
  return string.format('%.0f', at)
end
`;
