// The Lua of idempotency. Both keys of a call are in one slot.

import type { Script } from "../redis/index.ts";

/**
 * Asks what is known of a call and, where nothing is, takes the lease on it: the right to run it.
 *
 *   KEYS[1] record: a hash of `request` and `answer`  KEYS[2] lease
 *   ARGV[1] fingerprint of the request  ARGV[2] fence
 *   ARGV[3] milliseconds the lease lasts  ARGV[4] milliseconds the record lasts
 *
 * Answers {"first"}: the caller runs it; {"repeat", answer}; {"other-request"}: the key came with another
 * fingerprint; {"running"}: another holds the lease.
 */
export const BEGIN: Script = {
  name: "idempotency-begin",
  sha1: "737cb302854bccb32017c39512e1f65d295a989f",
  commands: 5,
  lua: `
local known = redis.call('HMGET', KEYS[1], 'request', 'answer')
if known[1] and known[1] ~= ARGV[1] then return {'other-request'} end
if known[2] then return {'repeat', known[2]} end
if not redis.call('SET', KEYS[2], ARGV[2], 'NX', 'PX', ARGV[3]) then return {'running'} end
redis.call('HSET', KEYS[1], 'request', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return {'first'}
`,
};

/**
 * Keeps the answer and ends the lease. Does nothing, and answers 0, where the lease is not the caller's any more:
 * another may be running the call, and its answer is the one that counts.
 *
 *   KEYS[1] record  KEYS[2] lease
 *   ARGV[1] fence  ARGV[2] answer  ARGV[3] milliseconds the record lasts
 */
export const FINISH: Script = {
  name: "idempotency-finish",
  sha1: "539680faf65e8e1ce048fed3b87fc5ef815a31b3",
  commands: 5,
  lua: `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'answer', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('DEL', KEYS[2])
return 1
`,
};

/**
 * Gives the call back, so that the next one with the same body runs. As FINISH, only for who holds the lease.
 *
 *   KEYS[1] record, left as it is  KEYS[2] lease
 *   ARGV[1] fence
 */
export const ABANDON: Script = {
  name: "idempotency-abandon",
  sha1: "7c3d2fa300dc69b1d443dabf95105b3888138070",
  commands: 3,
  lua: `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
return 1
`,
};

export const IDEMPOTENCY_SCRIPTS = [BEGIN, FINISH, ABANDON] as const;
