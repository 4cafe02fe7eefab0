// The Lua of histories.

import type { Script } from "../../redis/index.ts";

/**
 * Puts an item at the front of a list in which each stands once, and cuts what is too many.
 *
 *   KEYS[1] history  ARGV[1] item  ARGV[2] items kept
 */
export const PUSH: Script = {
  name: "history-push",
  sha1: "5624b23f5fa839405c2b1f015c70ad6e8a7e80b9",
  commands: 4,
  lua: `
redis.call('LREM', KEYS[1], 1, ARGV[1])
redis.call('LPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], 0, ARGV[2] - 1)
return 1
`,
};

export const HISTORY_SCRIPTS = [PUSH] as const;
