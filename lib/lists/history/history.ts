// Recent history: the last items of a subject, each once, newest first.

import { checkName, slot } from "../../keys.ts";
import { PUSH } from "./scripts.ts";
import type { History, HistoryOptions } from "./types.ts";

/**
 * Histories in Redis: a list for each subject, which one script pushes to and trims. So nobody sees it without an item that
 * moves, nor with one too many.
 *
 * Make one per request, from that request's `redis`: it is cheap.
 *
 * @throws InvalidNameError for a prefix that is none, RangeError for a `max` that is no positive integer
 */
export function createHistory({ redis, prefix = "sedge", max = 100 }: HistoryOptions): History {
  checkName(prefix, "prefix");
  if (!Number.isSafeInteger(max) || max < 1) throw new RangeError("max must be a positive integer");
  const keyOf = (subject: string): string => `${prefix}:history:${slot(checkName(subject, "subject"))}`;

  return {
    async push(subject, item) {
      if (!item.isWellFormed()) throw new RangeError("item must be well-formed Unicode");
      await redis.run(PUSH, [keyOf(subject)], [item, max]);
    },

    async list(subject) {
      const key = keyOf(subject);
      return redis.send<string[]>((pipeline) => pipeline.lrange(key, 0, max - 1));
    },
  };
}
