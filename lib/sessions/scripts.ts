// The Lua of sessions. All keys of a user are in one slot; every key a script touches is declared.

import type { Script } from "../redis/index.ts";

/**
 * Signs in.
 *
 *   KEYS[1] record  KEYS[2] index
 *   ARGV[1] id  ARGV[2] now  ARGV[3] milliseconds until the session ends  ARGV[4] when that is
 *   ARGV[5] milliseconds a session lives unused  ARGV[6…] field, value, field, value…
 *
 * No session outlives its last use by more than ARGV[5], so an index written now and kept for so long outlives
 * all that are in it.
 */
export const CREATE: Script = {
  name: "sessions-create",
  sha1: "95c8254e57ccd60c25183922e993b7b708d0fe20",
  commands: 6,
  lua: `
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[2])
redis.call('HSET', KEYS[1], unpack(ARGV, 6))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
return 1
`,
};

/**
 * How each of the next three begins:
 *
 *   KEYS[1] record  KEYS[2] index
 *   ARGV[1] SHA-256 of the token  ARGV[2] id  ARGV[3] now  ARGV[4] milliseconds a session lives unused
 *
 * Nothing is written unless the token is the session's and the session lives: what comes after its end, or after a
 * rotation, finds no record with this token, and makes none. `touch` moves both ends, never beyond the absolute one, and
 * puts the session back into an index that was lost.
 */
const OPEN = `
local now, idle = tonumber(ARGV[3]), tonumber(ARGV[4])
local flat, record = redis.call('HGETALL', KEYS[1]), {}
for i = 1, #flat, 2 do record[flat[i]] = flat[i + 1] end
if record['token'] ~= ARGV[1] then return {'gone'} end
local seen, ends = tonumber(record['seen']), tonumber(record['end'])
if now >= seen + idle or now >= ends then return {'gone'} end
local function touch()
  local lasts = math.min(idle, ends - now)
  redis.call('PEXPIRE', KEYS[1], lasts)
  redis.call('ZADD', KEYS[2], now + lasts, ARGV[2])
  redis.call('PEXPIRE', KEYS[2], idle)
  record['seen'] = ARGV[3]
end
local function answer(kind)
  local reply = {kind}
  for name, value in pairs(record) do
    reply[#reply + 1] = name
    reply[#reply + 1] = value
  end
  return reply
end
`;

/**
 * Writes down that a session was used, unless that was done a moment ago.
 *
 *   ARGV[5] milliseconds between two renewals
 *
 * Answers {"gone"}, {"fresh"} or {"renewed"}.
 */
export const RENEW: Script = {
  name: "sessions-renew",
  sha1: "d667cea88ba77f9a6ebab2e8eda6bae2a871e4b1",
  commands: 6,
  lua: `${OPEN}
if now - seen < tonumber(ARGV[5]) then return {'fresh'} end
redis.call('HSET', KEYS[1], 'seen', ARGV[3])
touch()
return {'renewed'}
`,
};

/**
 * Merges data, and renews as RENEW does.
 *
 *   ARGV[5] milliseconds between two renewals  ARGV[6] most fields  ARGV[7] most bytes
 *   ARGV[8] how many fields are set  ARGV[9…] field, value, field, value…, then the fields to remove
 *
 * Answers {"gone"}, {"too-large"}, or {"updated", field, value…} with all of the record as it is then.
 */
export const UPDATE: Script = {
  name: "sessions-update",
  sha1: "9a23c6ea14d503878d36d338520379813eee556c",
  commands: 7,
  lua: `${OPEN}
local last = 8 + 2 * tonumber(ARGV[8])
for i = 9, last, 2 do record[ARGV[i]] = ARGV[i + 1] end
for i = last + 1, #ARGV do record[ARGV[i]] = nil end
local fields, bytes = 0, 0
for name, value in pairs(record) do
  if string.sub(name, 1, 5) == 'data:' then
    fields = fields + 1
    bytes = bytes + #name - 5 + #value
  end
end
if fields > tonumber(ARGV[6]) or bytes > tonumber(ARGV[7]) then return {'too-large'} end
local due = now - seen >= tonumber(ARGV[5])
local written = {unpack(ARGV, 9, last)}
if due then
  written[#written + 1] = 'seen'
  written[#written + 1] = ARGV[3]
end
if #written > 0 then redis.call('HSET', KEYS[1], unpack(written)) end
if last < #ARGV then redis.call('HDEL', KEYS[1], unpack(ARGV, last + 1)) end
if due then touch() end
return answer('updated')
`,
};

/**
 * Puts another token in the place of the session's.
 *
 *   ARGV[5] SHA-256 of the new token
 *
 * Answers {"gone"}, or {"rotated", field, value…}.
 */
export const ROTATE: Script = {
  name: "sessions-rotate",
  sha1: "6e4c634b31578b5dbfc7faf1e44d904c2a71680e",
  commands: 6,
  lua: `${OPEN}
redis.call('HSET', KEYS[1], 'token', ARGV[5], 'seen', ARGV[3])
touch()
record['token'] = ARGV[5]
return answer('rotated')
`,
};

/**
 * Ends the session of a token. Answers whether there was one.
 *
 *   KEYS[1] record  KEYS[2] index  ARGV[1] SHA-256 of the token  ARGV[2] id
 */
export const END: Script = {
  name: "sessions-end",
  sha1: "0e847170a45c6c077d8d36729de282f9f9c3c18f",
  commands: 4,
  lua: `
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[2])
return 1
`,
};

/**
 * The ids of a user's sessions; those that have ended are forgotten. A script, though it could be two commands:
 * what is to be revoked must not be read from a replica that lags.
 *
 *   KEYS[1] index  ARGV[1] now
 */
export const LIVING: Script = {
  name: "sessions-living",
  sha1: "9dc04f4cfa0c6e5f3ea2c97c37f66552cae89089",
  commands: 3,
  lua: `
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
return redis.call('ZRANGE', KEYS[1], 0, -1)
`,
};

/**
 * Ends sessions by their ids.
 *
 *   KEYS[1] index  KEYS[2…] records  ARGV[1…] their ids
 *
 * Answers {how many there were, id…} with the ids of those that are left.
 */
export const REVOKE: Script = {
  name: "sessions-revoke",
  sha1: "2916eeded03f05cab36e44451d8f9a1061ec13c8",
  commands: 4,
  lua: `
local ended = redis.call('DEL', unpack(KEYS, 2))
redis.call('ZREM', KEYS[1], unpack(ARGV))
local reply = {ended}
for i, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do reply[i + 1] = id end
return reply
`,
};

export const SESSION_SCRIPTS = [CREATE, RENEW, UPDATE, ROTATE, END, LIVING, REVOKE] as const;
