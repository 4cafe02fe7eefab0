// A look into logs: one script, so that what it answers of several belongs to one moment.

import type { Redis, Script } from "../redis/index.ts";
import { entryOf, type StreamEntry } from "./events.ts";
import { markOf, type Mark } from "./heads.ts";
import type { PubSubKeys } from "./keys.ts";
import type { LogEntry } from "./types.ts";

/** Entries of a log that are read at once: what so many of the largest take of Redis's memory is bounded. */
const STEP = 100;

/**
 * What stands behind a position, for several logs. Answers for each {head, trimmed, id of the last entry looked at or "",
 * 1 where there may be more, entries}; head and trimmed are "ID NUMBER" or nil.
 *
 *   KEYS[1] heads  KEYS[2] trimmed  KEYS[3…] logs
 *   ARGV[1] what a channel has to begin with  ARGV[2] entries to answer, of each  ARGV[3] steps to take, in each
 *   ARGV[4] bytes of data to answer, of all together: what fills them is the last, and each may answer one
 *   ARGV[5…] family and position of each
 */
export const LOOK = {
  name: "pubsub-look",
  sha1: "dee641ac764b55745c7de8a91be35a35520d9ffc",
  lua: `
local prefix, most, steps, bytes = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local families = {}
for i = 5, #ARGV, 2 do families[#families + 1] = ARGV[i] end
local heads = redis.call('HMGET', KEYS[1], unpack(families))
local trimmed = redis.call('HMGET', KEYS[2], unpack(families))

local function look(log, position)
  local seen, entries = '', {}
  for _ = 1, steps do
    local found = redis.call('XRANGE', log, '(' .. position, '+', 'COUNT', ${STEP})
    for _, entry in ipairs(found) do
      if string.sub(entry[2][2], 1, #prefix) == prefix then
        if #entries > 0 and (#entries == most or bytes <= 0) then return seen, 1, entries end
        entries[#entries + 1] = entry
        bytes = bytes - #entry[2][6]
      end
      seen, position = entry[1], entry[1]
    end
    if #found < ${STEP} then return seen, 0, entries end
  end
  return seen, 1, entries
end

local answer = {}
for i = 1, #families do
  answer[i] = {heads[i], trimmed[i], look(KEYS[2 + i], ARGV[4 + 2 * i])}
end
return answer
`,
} satisfies Omit<Script, "commands">;

/** A position in a family. */
export interface Position {
  readonly family: string;
  readonly after: string;
}

export interface Bounds {
  /** What a channel has to begin with. "". */
  prefix?: string;
  /** Entries of each family. */
  most: number;
  /** Entries looked at in each family, in hundreds. 1. */
  steps?: number;
  /** Bytes of data, of all families together; one more entry of each is answered all the same. 1 MiB. */
  bytes?: number;
}

/** What a family has behind a position. */
export interface Look<Data = unknown> {
  readonly family: string;
  /** Its last event. Null where it never had one. */
  readonly head: Mark | null;
  /** The last of its events that is gone. Null where none is. */
  readonly trimmed: Mark | null;
  readonly entries: readonly LogEntry<Data>[];
  /** All up to here was looked at: where to go on. */
  readonly through: string;
  /** Whether there is more behind `through`. */
  readonly more: boolean;
}

type Reply = readonly [
  head: string | null,
  trimmed: string | null,
  seen: string,
  more: 0 | 1,
  entries: readonly StreamEntry[],
];

/**
 * Looks behind positions, in all families at the same moment.
 * @throws RedisUnavailableError
 * Cost: 1 trip, 3 commands and `steps` for each family.
 */
export async function lookBehind<Data = unknown>(
  { redis, keys }: { redis: Redis; keys: PubSubKeys },
  positions: readonly Position[],
  { prefix = "", most, steps = 1, bytes = 1_048_576 }: Bounds,
): Promise<Look<Data>[]> {
  const replies = await redis.run<Reply[]>(
    { ...LOOK, commands: 3 + steps * positions.length },
    [keys.heads, keys.trimmed, ...positions.map(({ family }) => keys.log(family))],
    [prefix, most, steps, bytes, ...positions.flatMap(({ family, after }) => [family, after])],
  );
  return positions.map(({ family, after }, i) => {
    const [head = null, trimmed = null, seen = "", more = 0, entries = []] = replies[i] ?? [];
    const mark = head === null ? null : markOf(head);
    return {
      family,
      head: mark,
      trimmed: trimmed === null ? null : markOf(trimmed),
      entries: entries.map((entry) => entryOf<Data>(entry)),
      through: seen === "" ? after : seen,
      more: more === 1 && seen !== mark?.id,
    };
  });
}
