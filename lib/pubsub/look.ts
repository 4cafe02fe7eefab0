// A look into logs: one script, so that what it answers of several belongs to one moment.

import type { Redis, Script } from "../redis/index.ts";
import { entryOf, type StreamEntry } from "./events.ts";
import { markOf, type Mark } from "./heads.ts";
import type { PubSubKeys } from "./keys.ts";
import type { LogEntry } from "./types.ts";

/**
 * Entries of a log that are read at once: first a few, and as many again where they are large, for a script must not keep Redis
 * busy for long; else a page.
 */
const FEW = 10;
const PAGE = 100;
/** Bytes of data per entry that are not large. */
const LIGHT = 10_240;
/** Bytes of data that one look reads, whether it answers them or not; of each log one entry more all the same. */
const MOST_READ = 4_194_304;

/**
 * What stands behind a position, for several logs. Answers for each {head, trimmed, id of the last entry looked at or "",
 * 1 where there may be more, entries}, and last of all how often a log was read; head and trimmed are "ID NUMBER" or nil.
 *
 *   KEYS[1] heads  KEYS[2] trimmed  KEYS[3…] logs
 *   ARGV[1] what a channel has to begin with  ARGV[2] entries to answer, of each  ARGV[3] pages to read, in each
 *   ARGV[4] bytes of data to answer, of all together: what fills them is the last, and each may answer one
 *   ARGV[5…] family and position of each
 */
export const LOOK = {
  name: "pubsub-look",
  sha1: "032555e23b755c9cfa2f7ee559d4190dadc3fcca",
  lua: `
local prefix, most, steps, bytes = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local families = {}
for i = 5, #ARGV, 2 do families[#families + 1] = ARGV[i] end
local heads = redis.call('HMGET', KEYS[1], unpack(families))
local trimmed = redis.call('HMGET', KEYS[2], unpack(families))

local left, reads = ${MOST_READ}, 0
local function look(log, position)
  local seen, entries, count = '', {}, left > 0 and ${FEW} or 1
  for _ = 0, steps do
    reads = reads + 1
    local found, weight = redis.call('XRANGE', log, '(' .. position, '+', 'COUNT', count), 0
    for _, entry in ipairs(found) do
      local size = #entry[2][6]
      left, weight = left - size, weight + size
      if string.sub(entry[2][2], 1, #prefix) == prefix then
        if #entries > 0 and (#entries == most or bytes <= 0) then return seen, 1, entries end
        entries[#entries + 1] = entry
        bytes = bytes - size
      end
      seen, position = entry[1], entry[1]
    end
    if #found < count then return seen, 0, entries end
    if left <= 0 then break end
    count = weight <= count * ${LIGHT} and ${PAGE} or ${FEW}
  end
  return seen, 1, entries
end

local answer = {}
for i = 1, #families do
  answer[i] = {heads[i], trimmed[i], look(KEYS[2 + i], ARGV[4 + 2 * i])}
end
answer[#families + 1] = reads
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
  /** Entries looked at in each family, in hundreds; fewer where they are large. 1. */
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
 * Cost: 1 trip, 3 commands and `steps` + 1 for each family.
 */
export async function lookBehind<Data = unknown>(
  { redis, keys }: { redis: Redis; keys: PubSubKeys },
  positions: readonly Position[],
  { prefix = "", most, steps = 1, bytes = 1_048_576 }: Bounds,
): Promise<Look<Data>[]> {
  const commands = 3 + (steps + 1) * positions.length;
  const replies = await redis.run<Reply[]>(
    { ...LOOK, commands, billed: (reply) => 3 + Number((reply as unknown[]).at(-1)) },
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
