// Subscribers in code, as they stand beside webhooks.

import { checkName, checkPattern } from "../../keys.ts";
import { positionBefore } from "../ids.ts";
import { startPositions, type Marks, type Standing } from "./positions.ts";
import { NO_PROGRESS, progressOf } from "./records.ts";
import type { Subscriber } from "./types.ts";

/** By name. @throws InvalidNameError, RangeError for a `since` that is no time, or a name that comes twice */
export function checkSubscribers(subscribers: readonly Subscriber[]): Map<string, Subscriber> {
  const byName = new Map<string, Subscriber>();
  for (const subscriber of subscribers) {
    const { name, pattern, since } = subscriber;
    checkName(name, "name");
    checkPattern(pattern, "pattern");
    if (Number.isNaN(Date.parse(since))) throw new RangeError(`since of ${name} must be a time`);
    if (byName.has(name)) throw new RangeError(`two subscribers are called ${name}`);
    byName.set(name, subscriber);
  }
  return byName;
}

/** Where one stands. @param progress as it is kept; null where nothing was ever done for it */
export function standingOf(
  { pattern, since: from }: Subscriber,
  progress: string | null,
  heads: Marks,
  trimmed: Marks,
): Standing {
  const since = positionBefore(Date.parse(from));
  if (progress !== null) return { pattern, since, progress: progressOf(progress) };
  return {
    pattern,
    since,
    progress: { ...NO_PROGRESS, after: startPositions(pattern, since, heads, trimmed) },
  };
}
