// Publishing: one script.

import { sha256Hex } from "../digest.ts";
import { checkName } from "../keys.ts";
import type { Redis, Script } from "../redis/index.ts";
import { dataText, messageHead } from "./events.ts";
import { familyOf } from "./families.ts";
import { EVENTS, LAST, type PubSubKeys } from "./keys.ts";
import type { Published, PublishOptions } from "./types.ts";

const KEEP_MS = 86_400_000;

/** With how many of a family's events between its length is looked at. */
const TRIM_EVERY = 256;

/** How long a started dispatch is trusted to take up what is published. Longer than a burst, shorter than anybody waits. */
const TRUST_MS = 1_000;

/**
 * Appends an event; answers {"published", id, 1 where it is a repeat, 1 where a dispatch is to be started, commands}, or
 * {"other-request"}.
 *
 * Ids are of Redis's clock, and never of an earlier time than the last one: where the clock goes back they stand still.
 *
 *   KEYS[1] log  KEYS[2] heads  KEYS[3] trimmed  KEYS[4] agenda  KEYS[5] published, with an idempotency key only
 *   ARGV[1] family  ARGV[2] channel  ARGV[3] data  ARGV[4] type or ""  ARGV[5] key or ""
 *   ARGV[6] Pub/Sub channel  ARGV[7] the event told there, from its channel to its key
 *   ARGV[8] events kept  ARGV[9] request
 */
export const PUBLISH: Script = {
  name: "pubsub-publish",
  sha1: "64bf640c3c67950730fe78b0bf554b5a771546a1",
  commands: 15,
  billed: (reply) => (reply as Reply)[4] ?? 2,
  lua: `
if KEYS[5] then
  local request, id = string.match(redis.call('GET', KEYS[5]) or '', '^(%S*) (%S+)$')
  if id and request ~= ARGV[9] then return {'other-request'} end
  if id then return {'published', id, 1, 0, 2} end
end

local time, heads = redis.call('TIME'), redis.call('HMGET', KEYS[2], '${LAST}', ARGV[1])
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ms, seq = string.match(heads[1] or '0-0', '^(%d+)-(%d+)$')
if tonumber(ms) < now then ms, seq = now, 0 else seq = seq + 1 end
local id = string.format('%.0f-%.0f', ms, seq)
local n = tonumber(string.match(heads[2] or ' 0', ' (%d+)$')) + 1

local entry = {'c', ARGV[2], 'n', string.format('%.0f', n), 'd', ARGV[3]}
if ARGV[4] ~= '' then entry[7], entry[8] = 't', ARGV[4] end
if ARGV[5] ~= '' then entry[#entry + 1], entry[#entry + 2] = 'k', ARGV[5] end
redis.call('XADD', KEYS[1], id, unpack(entry))
redis.call('HSET', KEYS[2], '${LAST}', id, ARGV[1], id .. string.format(' %.0f', n))

local since, start = redis.call('ZSCORE', KEYS[4], '${EVENTS}'), 0
local waited = since and now + since or -1
if waited < 0 or waited > ${TRUST_MS} then
  redis.call('ZADD', KEYS[4], string.format('%.0f', -now), '${EVENTS}')
  start = 1
end
local behind = string.format('"any":"%s","family":"%s"', heads[1] or '0-0', string.match(heads[2] or '0-0', '^%S+'))
redis.call('PUBLISH', ARGV[6],
  '{"behind":{' .. behind .. '},"event":{"id":"' .. id .. '",' .. ARGV[7] .. ',"data":' .. ARGV[3] .. '}}')
if KEYS[5] then redis.call('SET', KEYS[5], ARGV[9] .. ' ' .. id, 'PX', ${KEEP_MS}) end

-- In two steps, so that the last to go can be read before it goes: a gap is exact.
local kept, calls = tonumber(ARGV[8]), 7 + start + (KEYS[5] and 2 or 0)
if n % ${TRIM_EVERY} == 0 and redis.call('XLEN', KEYS[1]) > kept then
  redis.call('XTRIM', KEYS[1], 'MAXLEN', kept + 1)
  local last = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1][1]
  redis.call('XTRIM', KEYS[1], 'MAXLEN', kept)
  calls = calls + 4
  redis.call('HSET', KEYS[3], ARGV[1], last .. string.format(' %.0f', n - kept))
end
if n % ${TRIM_EVERY} == 0 then calls = calls + 1 end
return {'published', id, 0, start, calls}
`,
};

type Reply =
  | ["published", id: string, repeated: 0 | 1, start: 0 | 1, commands: number]
  | ["other-request", id?: undefined, repeated?: undefined, start?: undefined, commands?: undefined];

export interface PublishContext {
  readonly redis: Redis;
  readonly keys: PubSubKeys;
  readonly maxEvents: number;
}

export async function publish(
  { redis, keys, maxEvents }: PublishContext,
  channel: string,
  data: unknown,
  { type, key, idempotencyKey, request = "" }: PublishOptions = {},
): Promise<Published> {
  const family = familyOf(checkName(channel, "channel"));
  if (type !== undefined) checkName(type, "type");
  if (key !== undefined) checkName(key, "key");
  const text = dataText(data);
  const names = [keys.log(family), keys.heads, keys.trimmed, keys.agenda];
  if (idempotencyKey !== undefined) {
    names.push(keys.published(await sha256Hex(JSON.stringify([channel, idempotencyKey]))));
  }

  const [kind, id, repeated, start] = await redis.run<Reply>(PUBLISH, names, [
    family,
    channel,
    text,
    type ?? "",
    key ?? "",
    keys.live(family),
    messageHead(channel, type, key),
    maxEvents,
    request,
  ]);
  if (kind === "other-request") return { kind };
  return { kind, id: id ?? "", repeated: repeated === 1, start: start === 1 };
}
