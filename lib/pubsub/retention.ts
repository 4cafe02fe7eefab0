// Retention: what is old and seen goes, and what has gone is written down.

import type { Redis, Script } from "../redis/index.ts";
import { marksOf } from "./heads.ts";
import { BEGINNING, compareIds, positionBefore } from "./ids.ts";
import { LAST, type PubSubKeys } from "./keys.ts";
import type { Trimmed, TrimOptions } from "./types.ts";

const WEEK_MS = 7 * 86_400_000;
const FAMILIES_AT_ONCE = 100;

/**
 * Trims a log up to a position; answers how many events went.
 *
 *   KEYS[1] log  KEYS[2] trimmed
 *   ARGV[1] family  ARGV[2] the last id that may go
 */
export const TRIM: Script = {
  name: "pubsub-trim",
  sha1: "431e1fe01c931103b6a39229c312e8b22276247e",
  commands: 4,
  lua: `
local last = redis.call('XREVRANGE', KEYS[1], ARGV[2], '-', 'COUNT', 1)[1]
if not last then return 0 end
local ms, seq = string.match(last[1], '^(%d+)-(%d+)$')
local gone = redis.call('XTRIM', KEYS[1], 'MINID', string.format('%s-%.0f', ms, seq + 1))
redis.call('HSET', KEYS[2], ARGV[1], last[1] .. ' ' .. last[2][4])
return gone
`,
};

interface TrimContext {
  readonly redis: Redis;
  readonly keys: PubSubKeys;
  readonly now: () => number;
}

export async function trim(
  { redis, keys, now }: TrimContext,
  { olderThanMs = WEEK_MS, seen, cursor = "" }: TrimOptions,
): Promise<Trimmed> {
  const [heads, trimmed] = await Promise.all([marksOf(redis, keys.heads), marksOf(redis, keys.trimmed)]);
  heads.delete(LAST);
  const old = positionBefore(now() - olderThanMs);

  // The family "" may be looked at twice, which is harmless; a cursor is the last family that was.
  const left = [...heads.keys()].filter((family) => family > cursor || cursor === "").toSorted();
  const due = left.flatMap((family) => {
    const gone = trimmed.get(family)?.id ?? BEGINNING;
    const [upTo = old] = [old, seen(family) ?? old].toSorted(compareIds);
    const isEmpty = gone === heads.get(family)?.id;
    return isEmpty || compareIds(upTo, gone) <= 0 ? [] : [{ family, upTo }];
  });
  // What has nothing to go takes no place: a family once used is known for ever.
  const steps = due.slice(0, FAMILIES_AT_ONCE);
  const counts = await Promise.all(
    steps.map(({ family, upTo }) =>
      redis.run<number>(TRIM, [keys.log(family), keys.trimmed], [family, upTo]),
    ),
  );
  return {
    events: counts.reduce((sum, count) => sum + count, 0),
    next: due.length > steps.length ? (steps.at(-1)?.family ?? null) : null,
  };
}
