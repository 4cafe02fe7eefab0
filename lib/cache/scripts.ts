// The Lua of the cache. Every key a script touches is declared, and all of them are in one slot.

import type { Script } from "../redis/index.ts";

/**
 * Takes the lease on a key: the right to load it and to store the result.
 *
 *   KEYS[1] entry  KEYS[2] lease  KEYS[3] mark
 *   ARGV[1] id of the entry the caller has seen, "" for none, "*" for any  ARGV[2] fence  ARGV[3] milliseconds the lease lasts
 *
 * Answers {"writing"}: a writer changes the origin, nothing may be stored; {"entry", text}: somebody has stored
 * meanwhile; {"leased"}: the caller loads; {"loading"}: another does.
 *
 * From here to the end of the lease the entry's key is there, as what it was or as a placeholder, so that a scan that
 * deletes by pattern cannot pass it by between the load and its end.
 */
export const LEASE: Script = {
  name: "cache-lease",
  sha1: "5a011e4c0c75ed9600386b8b898cc926248da922",
  commands: 5,
  lua: `
if redis.call('EXISTS', KEYS[3]) == 1 then return {'writing'} end
local entry = redis.call('GET', KEYS[1])
if entry and entry ~= '' and ARGV[1] ~= '*' and string.sub(entry, 1, 16) ~= ARGV[1] then return {'entry', entry} end
if not redis.call('SET', KEYS[2], ARGV[2], 'NX', 'PX', ARGV[3]) then return {'loading'} end
if entry then redis.call('PEXPIRE', KEYS[1], ARGV[3], 'GT') else redis.call('SET', KEYS[1], '', 'PX', ARGV[3]) end
return {'leased'}
`,
};

/**
 * Ends a lease. Stores nothing, and answers 0, where the lease is not the caller's any more, or the entry's key is not
 * there: what it has loaded may have been invalidated since.
 *
 *   KEYS[1] entry  KEYS[2] lease
 *   ARGV[1] fence  ARGV[2] "store", "drop" (no entry shall be) or "keep" (the entry stays as it is)
 *   ARGV[3] text of the entry  ARGV[4] milliseconds it lasts
 */
export const SETTLE: Script = {
  name: "cache-settle",
  sha1: "b6a2b355aeb6ba46990266c5f82e9364a0f77310",
  commands: 4,
  lua: `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
if ARGV[2] == 'store' then return redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4], 'XX') and 1 or 0 end
if ARGV[2] == 'drop' then redis.call('DEL', KEYS[1]) end
return 1
`,
};

/**
 * Stores without a lease, over whatever is there, and ends a load under way. Answers 0 while a writer is at work.
 *
 *   KEYS[1] entry  KEYS[2] lease  KEYS[3] mark
 *   ARGV[1] text of the entry  ARGV[2] milliseconds it lasts
 */
export const PUT: Script = {
  name: "cache-put",
  sha1: "d3f6eb1b9717c9499cb1565c83df93707bf953f0",
  commands: 4,
  lua: `
if redis.call('EXISTS', KEYS[3]) == 1 then return 0 end
redis.call('DEL', KEYS[2])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`,
};

/**
 * The version of a tag, made where it has none. Answers false (nil) while a writer is at work under it.
 *
 *   KEYS[1] version  KEYS[2] mark
 *   ARGV[1] the version to give it  ARGV[2] milliseconds it lasts
 */
export const OPEN_TAG: Script = {
  name: "cache-open-tag",
  sha1: "bc38b54eb1275769bf20118c325a4b5f9e2b8677",
  commands: 4,
  lua: `
if redis.call('EXISTS', KEYS[2]) == 1 then return false end
local version = redis.call('GET', KEYS[1])
if version then return version end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]
`,
};

/**
 * Before a write: takes out what it will change and marks it. Marks are one per writer, each with an end of its own, so
 * that one that ends does not end another's, and one that was killed does not last.
 *
 *   KEYS[1…n-1] what to take out: entry and lease, or a tag's version  KEYS[n] mark
 *   ARGV[1] the writer's id  ARGV[2] milliseconds since 1970, now  ARGV[3] milliseconds the mark lasts
 */
export const BEGIN_WRITE: Script = {
  name: "cache-begin-write",
  sha1: "bd4e0c07a165ce1f5de310d0971072f2723f301d",
  commands: 5,
  lua: `
local mark = KEYS[#KEYS]
redis.call('DEL', unpack(KEYS, 1, #KEYS - 1))
redis.call('ZREMRANGEBYSCORE', mark, '-inf', ARGV[2])
redis.call('ZADD', mark, ARGV[2] + ARGV[3], ARGV[1])
redis.call('PEXPIRE', mark, ARGV[3])
return 1
`,
};

/**
 * After a write: takes out what may have come in meanwhile, and this writer's mark.
 *
 *   KEYS as BEGIN_WRITE  ARGV[1] the writer's id
 */
export const END_WRITE: Script = {
  name: "cache-end-write",
  sha1: "20963ccbcc59c9e50731bcb25c88e67a576dba0e",
  commands: 3,
  lua: `
redis.call('DEL', unpack(KEYS, 1, #KEYS - 1))
redis.call('ZREM', KEYS[#KEYS], ARGV[1])
return 1
`,
};

export const CACHE_SCRIPTS = [LEASE, SETTLE, PUT, OPEN_TAG, BEGIN_WRITE, END_WRITE] as const;
