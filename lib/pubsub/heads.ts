// Where the families stand.

import type { Redis } from "../redis/index.ts";

/** An event's id and its number in its family. */
export interface Mark {
  readonly id: string;
  readonly n: number;
}

/** The mark that a text `ID NUMBER` is. */
export function markOf(text: string): Mark {
  const [id = "", n] = text.split(" ");
  return { id, n: Number(n) };
}

/** What a hash of FAMILY → `ID NUMBER` says: where its events end (`heads`), or begin (`trimmed`). Cost: 1 trip, 1 command. */
export async function marksOf(redis: Redis, key: string): Promise<Map<string, Mark>> {
  const fields = (await redis.send<string[] | null>((pipeline) => pipeline.hgetall(key))) ?? [];
  const marks = new Map<string, Mark>();
  for (let i = 0; i + 1 < fields.length; i += 2) marks.set(fields[i] ?? "", markOf(fields[i + 1] ?? ""));
  return marks;
}
