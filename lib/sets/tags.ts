// Tags: what has all of some, any of others, and none of others still.

import { checkName } from "../keys.ts";
import { createTagKeys } from "./keys.ts";
import { checkLimit } from "./page.ts";
import { FIND_ITEMS, REPLACE_TAGS } from "./tags-lua.ts";
import type { SetsOptions, Tags } from "./types.ts";

const MOST_TAGS = 100;
const MOST_ASKED = 20;
/** Items one page looks at: 1 ms of Redis's time for two tags, 12 ms for twenty that all of them have. */
const MOST_EXAMINED = 1_000;

const unique = (tags: readonly string[] = []): string[] => [...new Set(tags)];

/**
 * Tags in Redis: for each item its tags, for each tag its items.
 *
 * Make one per request, from that request's `redis`: it is cheap.
 *
 * @throws InvalidNameError for a prefix that is none
 */
export function createTags({ redis, prefix = "sedge" }: SetsOptions): Tags {
  const keys = createTagKeys(prefix);

  /** @param lost tags the item may have had until now @returns tags it has that are in neither list: nothing was changed */
  async function attempt(item: string, tags: readonly string[], lost: readonly string[]): Promise<string[]> {
    const names = unique([...tags, ...lost]);
    return redis.run<string[]>(
      { ...REPLACE_TAGS, commands: REPLACE_TAGS.commands + names.length },
      [keys.item(item), ...names.map(keys.tag)],
      [item, tags.length, ...names],
    );
  }

  return {
    async replace(item, tags) {
      if (tags.length > MOST_TAGS) throw new RangeError(`an item has at most ${MOST_TAGS} tags`);
      const wanted = unique(tags);
      const others = await attempt(item, wanted, []);
      // The keys of a script are named before it runs, and what the item loses, only Redis knows: so it is asked, and
      // called again. Where the item has yet other tags by then, somebody has replaced these meanwhile: as well just after
      // us, who have been overwritten. So there is no third time.
      if (others.length > 0) await attempt(item, wanted, others);
    },

    // Async, so that a name that is none rejects, as everywhere.
    get: async (item) => redis.send<string[]>((pipeline) => pipeline.lrange(keys.item(item), 0, -1)),

    async items(query, { after, limit } = {}) {
      const [all, any, none] = [unique(query.all), unique(query.any), unique(query.none)];
      const asked = [...all, ...any, ...none];
      if (all.length + any.length === 0) throw new RangeError("all or any must name a tag");
      if (asked.length > MOST_ASKED) throw new RangeError(`at most ${MOST_ASKED} tags may be asked for`);
      const [next = "", ...items] = await redis.run<string[]>(
        { ...FIND_ITEMS, commands: 1 + 2 * all.length + 3 * any.length + none.length },
        asked.map(keys.tag),
        [
          all.length,
          any.length,
          after === undefined ? "" : checkName(after, "after"),
          checkLimit(limit),
          MOST_EXAMINED,
        ],
      );
      return { items, next: next === "" ? null : next };
    },
  };
}
