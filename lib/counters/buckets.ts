// Which bucket a moment falls into, and where in the series' hash it is kept.

import type { Bucket } from "./types.ts";

const MINUTE = 60_000;

/** How long a bucket is, and how many are kept: the hash is a ring of so many fields for each kind. */
export const BUCKETS: Readonly<Record<Bucket, { readonly ms: number; readonly kept: number }>> = {
  minute: { ms: MINUTE, kept: 1_440 },
  hour: { ms: 60 * MINUTE, kept: 744 },
  day: { ms: 1_440 * MINUTE, kept: 366 },
};

/** How many buckets of the kind have begun since 1970 before this one. UTC has no other borders than these. */
export const indexAt = (bucket: Bucket, now: number): number => Math.floor(now / BUCKETS[bucket].ms);

/** The field of a bucket. The one a whole ring before had it too, so its value says whose it is: `INDEX SUM`. */
export const fieldOf = (bucket: Bucket, index: number): string => `${bucket}:${index % BUCKETS[bucket].kept}`;

/** The sum in a field's text, or 0 where it is another bucket's. */
export function sumIn(text: string | null, index: number): number {
  const [owner, sum] = (text ?? "").split(" ");
  return owner === String(index) ? Number(sum) : 0;
}
