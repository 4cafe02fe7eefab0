// The Lua of follows. All keys are in one slot.

import type { Script } from "../redis/index.ts";
import { STAMPS } from "./stamps-lua.ts";

/**
 * One user follows another: in the lists of both, or of neither. Who follows already stays where they are.
 *
 *   KEYS[1] whom the first follows  KEYS[2] who follows the other
 *   ARGV[1] the first  ARGV[2] the other  ARGV[3] microseconds since 1970, now  ARGV[4] how many one may follow
 *
 * Answers 1, or 0 where the first follows as many as that.
 */
export const FOLLOW: Script = {
  name: "follows-follow",
  sha1: "4245634576bfd3806e78383352996401ed9bfcb3",
  commands: 7,
  lua: `${STAMPS}
if redis.call('ZSCORE', KEYS[1], ARGV[2]) then return 1 end
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then return 0 end
local at = stamp(ARGV[3], KEYS[1], KEYS[2])
redis.call('ZADD', KEYS[1], at, ARGV[2])
redis.call('ZADD', KEYS[2], at, ARGV[1])
return 1
`,
};

/**
 * One user follows another no more. KEYS, ARGV[1] and ARGV[2] as above.
 */
export const UNFOLLOW: Script = {
  name: "follows-unfollow",
  sha1: "cf758421fd2dbafaf0ae19f5d803f4772b4ff78d",
  commands: 3,
  lua: `
redis.call('ZREM', KEYS[1], ARGV[2])
redis.call('ZREM', KEYS[2], ARGV[1])
return 1
`,
};

/**
 * Whom two users follow both, as the first one's list has them: newest first.
 *
 *   KEYS[1] whom the one follows  KEYS[2] whom the other follows
 *   ARGV[1] stamp behind which to begin, "" for the newest  ARGV[2] how many to answer
 *
 * Answers {how many there are in all, user, stamp, …}.
 */
export const MUTUAL: Script = {
  name: "follows-mutual",
  sha1: "c6f16619ba8f7113f537cbe8593987fd77a06c8e",
  commands: 2,
  lua: `
local before, wanted = tonumber(ARGV[1]) or math.huge, tonumber(ARGV[2])
local both = redis.call('ZINTER', 2, KEYS[1], KEYS[2], 'WEIGHTS', 1, 0, 'WITHSCORES')
local answer = {#both / 2}
for i = #both, 2, -2 do
  if #answer > 2 * wanted then break end
  if tonumber(both[i]) < before then
    answer[#answer + 1] = both[i - 1]
    answer[#answer + 1] = both[i]
  end
end
return answer
`,
};
