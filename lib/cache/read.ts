// One read of the cache, and what may be done with an entry it has found.

import { decodePayload, judge, type Entry, type Verdict } from "./entry.ts";
import type { Lifetime } from "./lifetime.ts";
import type { CacheSettings } from "./settings.ts";
import type { Seen } from "./store.ts";
import type { CacheStatus, Loaded, Loader } from "./types.ts";

/** What one call of `load` is about. */
export interface Read<T> {
  readonly key: string;
  readonly loader: Loader<T>;
  readonly lifetime: Lifetime;
  readonly tags: readonly string[];
}

/** A value that was stored; in an object, for it may itself be undefined. */
export interface Found<T> {
  readonly value: T;
}

/** An entry that may be served, its value and what may be done with it. */
export interface Usable<T> extends Found<T> {
  readonly entry: Entry;
  readonly verdict: Exclude<Verdict, "unusable">;
}

/** The entry of a read, unless it is absent, invalid, past its times or no text of ours. */
export function usable<T>(
  { now, random, earlyRefresh, on }: CacheSettings,
  key: string,
  { entry, versions }: Seen,
): Usable<T> | undefined {
  if (entry === null) return undefined;
  const verdict = judge(entry, versions, { now: now(), luck: 1 - random(), earlyRefresh });
  if (verdict === "unusable") return undefined;
  try {
    return { entry, verdict, value: decodePayload<T>(entry.payload) };
  } catch {
    on({ type: "undecodable", key });
    return undefined;
  }
}

/** Tells what the origin threw from what Redis did, where both may come out of one `try`. */
export class OriginFailure extends Error {}

export const markFailures =
  <T>(loader: Loader<T>): Loader<T> =>
  async () => {
    try {
      return await loader();
    } catch (cause) {
      throw new OriginFailure("the loader failed", { cause });
    }
  };

/** What the origin threw, as it threw it. */
export const causeOf = (error: unknown): unknown => (error instanceof OriginFailure ? error.cause : error);

/** Past the cache; what is stored stands in where the origin fails and it may. */
export async function fromOrigin<T>(
  loader: Loader<T>,
  status: CacheStatus,
  standIn: Found<T> | undefined,
): Promise<Loaded<T>> {
  try {
    return { value: await loader(), status };
  } catch (error) {
    if (standIn === undefined) throw error;
    return { value: standIn.value, status: { kind: "stale", because: "origin-error" } };
  }
}
