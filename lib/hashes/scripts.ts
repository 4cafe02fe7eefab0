// The Lua of configs.

import type { Script } from "../redis/index.ts";

/** The field that holds the version. No name of a field: those have no `#`. */
export const VERSION = "#version";

/**
 * Merges fields into a config of an expected version.
 *
 *   KEYS[1] config
 *   ARGV[1] the expected versions: `` for any or none, `*` for any, ` 3 7 ` for one of these, 0 for none
 *   ARGV[2] most fields  ARGV[3] most bytes, names and values together
 *   ARGV[4] how many fields are set  ARGV[5…] field, value, field, value…, then the fields to remove
 *
 * Answers {"conflict", version}, {"too-large"}, or {"updated", version, field, value…} with all fields as they are then.
 */
export const UPDATE: Script = {
  name: "config-update",
  sha1: "6faa2128c0357307d0f9c24c990bec61a63cd71b",
  commands: 4,
  lua: `
local flat, values = redis.call('HGETALL', KEYS[1]), {}
for i = 1, #flat, 2 do values[flat[i]] = flat[i + 1] end
local version, expected = values['${VERSION}'] or '0', ARGV[1]
values['${VERSION}'] = nil
local meets = expected == '' or (expected == '*' and version ~= '0')
  or string.find(expected, ' ' .. version .. ' ', 1, true)
if not meets then return {'conflict', tonumber(version)} end
local last = 4 + 2 * tonumber(ARGV[4])
for i = 5, last, 2 do values[ARGV[i]] = ARGV[i + 1] end
for i = last + 1, #ARGV do values[ARGV[i]] = nil end
version = tonumber(version) + 1
local reply, fields, bytes = {'updated', version}, 0, 0
for field, value in pairs(values) do
  fields = fields + 1
  bytes = bytes + #field + #value
  reply[#reply + 1] = field
  reply[#reply + 1] = value
end
if fields > tonumber(ARGV[2]) or bytes > tonumber(ARGV[3]) then return {'too-large'} end
redis.call('HSET', KEYS[1], '${VERSION}', string.format('%.0f', version), unpack(ARGV, 5, last))
if last < #ARGV then redis.call('HDEL', KEYS[1], unpack(ARGV, last + 1)) end
return reply
`,
};

export const CONFIG_SCRIPTS = [UPDATE] as const;
