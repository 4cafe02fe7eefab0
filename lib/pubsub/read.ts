// Reading a pattern's events, out of all families it may have channels in.

import { checkPattern } from "../keys.ts";
import type { Redis } from "../redis/index.ts";
import { scopeOf } from "./families.ts";
import { createMatcher } from "./glob.ts";
import { BEGINNING, checkPosition, compareIds } from "./ids.ts";
import { marksOf } from "./heads.ts";
import { LAST, type PubSubKeys } from "./keys.ts";
import { lookBehind, type Look, type Position } from "./look.ts";
import type { ChannelEvent, EventPage, Gap, ReadOptions } from "./types.ts";

const MAX_LIMIT = 100;
/** Looks at so many hundreds of entries in all, but at one in each family at the least. */
const STEPS = 10;
/** Families in one script: Lua takes only so many values at once. */
const FAMILIES_AT_ONCE = 500;

interface ReadContext {
  readonly redis: Redis;
  readonly keys: PubSubKeys;
}

export async function read<Data>(
  context: ReadContext,
  pattern: string,
  { after = BEGINNING, limit = MAX_LIMIT }: ReadOptions = {},
): Promise<EventPage<Data>> {
  const matches = createMatcher(checkPattern(pattern, "pattern"));
  checkPosition(after, "after");
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw new RangeError(`limit must be an integer from 1 to ${MAX_LIMIT}`);
  }

  const scope = scopeOf(pattern);
  const { families, upTo } =
    scope.kind === "family"
      ? { families: [scope.family], upTo: undefined }
      : await familiesBehind(context, scope.prefix, after);
  const looks = await look<Data>(context, families, after, scope.prefix, limit);

  // Behind the first place where a family was not looked at any further, another's events may not be told yet.
  const ends = looks.flatMap(({ more, through }) => (more ? [through] : []));
  const end = [...ends, ...(upTo === undefined ? [] : [upTo])].toSorted(compareIds)[0];
  const found = looks
    .flatMap(({ entries }) => entries.map(({ event }) => event))
    .toSorted((a, b) => compareIds(a.id, b.id));
  const within = end === undefined ? found : found.filter(({ id }) => compareIds(id, end) <= 0);
  const matching = within.filter(({ channel }) => matches(channel));
  const events = matching.slice(0, limit);

  const cut = matching.length > limit ? events.at(-1)?.id : undefined;
  const open = ends.length > 0 || within.length < found.length;
  const next = cut ?? (open ? (end ?? null) : null);
  const reached = upTo === undefined ? looks.flatMap(({ head }) => head?.id ?? []) : [upTo];
  return {
    events,
    next,
    position: next ?? [after, ...reached].toSorted(compareIds).at(-1) ?? after,
    gap: gapOf(looks, after, events),
  };
}

export async function endOf({ redis, keys }: ReadContext): Promise<string> {
  return (await redis.send<string | null>((pipeline) => pipeline.hget(keys.heads, LAST))) ?? "0-0";
}

/** The families with events behind a position, and the last id there is: what comes later may be missing in one of them. */
async function familiesBehind(
  { redis, keys }: ReadContext,
  prefix: string,
  after: string,
): Promise<{ families: string[]; upTo: string | undefined }> {
  const heads = await marksOf(redis, keys.heads);
  const upTo = heads.get(LAST)?.id;
  heads.delete(LAST);
  const behind = [...heads].filter(
    ([family, { id }]) => family.startsWith(prefix) && compareIds(id, after) > 0,
  );
  return { families: behind.map(([family]) => family), upTo };
}

async function look<Data>(
  context: ReadContext,
  families: readonly string[],
  after: string,
  prefix: string,
  limit: number,
): Promise<Look<Data>[]> {
  const steps = Math.max(1, Math.floor(STEPS / families.length));
  const groups: Position[][] = [];
  for (let i = 0; i < families.length; i += FAMILIES_AT_ONCE) {
    groups.push(families.slice(i, i + FAMILIES_AT_ONCE).map((family) => ({ family, after })));
  }
  // One more than asked for tells whether there is more.
  const bounds = { prefix, most: limit + 1, steps };
  const looks = await Promise.all(groups.map((group) => lookBehind<Data>(context, group, bounds)));
  return looks.flat();
}

function gapOf(looks: readonly Look[], after: string, events: readonly ChannelEvent[]): Gap | null {
  if (compareIds(after, BEGINNING) === 0) return null;
  const lost = looks
    .flatMap(({ trimmed }) => (trimmed === null ? [] : [trimmed.id]))
    .filter((id) => compareIds(after, id) < 0)
    .toSorted(compareIds)
    .at(-1);
  if (lost === undefined) return null;
  return { after, first: events.find(({ id }) => compareIds(id, lost) > 0)?.id ?? null };
}
