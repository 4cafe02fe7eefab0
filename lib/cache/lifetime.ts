// From options to an entry's times. Pure.

import type { EntryOptions } from "./types.ts";

/** Options with every default filled in. */
export type Lifetime = Required<Omit<EntryOptions, "tags">>;

export const DEFAULT_LIFETIME: Lifetime = {
  ttlSeconds: 300,
  staleWhileRevalidateSeconds: 0,
  staleIfErrorSeconds: 0,
  missingTtlSeconds: 30,
};

/** `options` over `base`, without their tags. @throws RangeError naming a field that is no number of seconds */
export function lifetimeOf(options: EntryOptions, base: Lifetime): Lifetime {
  const lifetime = { ...base };
  for (const field of Object.keys(base) as (keyof Lifetime)[]) {
    const value = options[field];
    if (value === undefined) continue;
    if (!Number.isFinite(value) || value < 0) throw new RangeError(`${field} must be 0 or more seconds`);
    lifetime[field] = value;
  }
  return lifetime;
}

/**
 * The times of an entry stored now, in milliseconds since 1970; null where it is not to be stored at all.
 * @param spread from -1 to 1, times `jitter`: how far this entry's lifetime is off
 */
export function timesOf(
  lifetime: Lifetime,
  { missing, now, jitter, spread }: { missing: boolean; now: number; jitter: number; spread: number },
): { freshUntil: number; revalidateUntil: number; usableUntil: number } | null {
  const ttlSeconds = missing ? lifetime.missingTtlSeconds : lifetime.ttlSeconds;
  if (ttlSeconds === 0) return null;
  const freshUntil = Math.round(now + ttlSeconds * 1_000 * (1 + jitter * spread));
  // What was not there is asked for again as soon as its time is over: it may have come.
  if (missing) return { freshUntil, revalidateUntil: freshUntil, usableUntil: freshUntil };
  const revalidateUntil = freshUntil + lifetime.staleWhileRevalidateSeconds * 1_000;
  const usableUntil = Math.max(revalidateUntil, freshUntil + lifetime.staleIfErrorSeconds * 1_000);
  return { freshUntil, revalidateUntil, usableUntil };
}
