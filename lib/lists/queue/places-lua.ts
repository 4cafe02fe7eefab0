// What the scripts of queues share: the clock, the places of messages, their records.

/** How each script begins. Its last ARGV is milliseconds since 1970, or "" for Redis's own clock, which alone decides then. */
export const CLOCK = `
local now = tonumber(ARGV[#ARGV])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
`;

/**
 * All messages stand in one sorted set, so that none is in two places: the score says where, and since or until when.
 *
 *   READY + ms sent        visible
 *   DELAYED + ms, FLIGHT + ms, LAST + ms until which it is hidden: before its first receive, after a receive, after the last one it
 *   may have. Whose time has come is ready, and with LAST dead: by the clock alone, nothing has to be moved for it.
 *   SENT + ms sent         of `@ID`, beside each message that is not known to be dead: by it the oldest is found
 *
 * A SPAN has room for the milliseconds until 2248, and five of them are exact in a double.
 */
export const PLACES = `
local SPAN = 8796093022208
local READY, DELAYED, FLIGHT, LAST, SENT = 0, SPAN, 2 * SPAN, 3 * SPAN, 4 * SPAN
local function at(place, ms) return string.format('%.0f', place + ms) end
local function sentAt(id) return tonumber(string.sub(id, 1, 13)) end
`;

/**
 * A message's field `r:ID`: how often it was received in all, how often since it was sent or redriven, 1 where that was the last
 * time it may be, and the bytes of its body. The first fences receipts, and never goes back.
 */
export const RECORD = "^(%d+) (%d+) (%d) (%d+)$";
