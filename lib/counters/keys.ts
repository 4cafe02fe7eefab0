// The Redis keys of a counter, all in one slot of a Redis Cluster.

import { checkName, slot } from "../keys.ts";
import { BUCKETS } from "./buckets.ts";

export interface CounterKeys {
  /** The value: `sedge:counter:{views}`. */
  readonly total: (name: string) => string;
  /** The rings of its series: `sedge:counter:{views}:series`. */
  readonly series: (name: string) => string;
  /** Who was there: `sedge:counter:{views}:visitors`. */
  readonly visitors: (name: string) => string;
  /**
   * The idempotency keys used on a day, counted from 1970: `sedge:counter:{views}:used:2026-11-01`. A hash for each
   * day, since a field of a hash cannot expire by itself, and a key for each could not be found again to delete it.
   */
  readonly used: (name: string, day: number) => string;
}

export function createCounterKeys(prefix: string): CounterKeys {
  checkName(prefix, "prefix");
  const total = (name: string): string => `${prefix}:counter:${slot(checkName(name, "name"))}`;
  return {
    total,
    series: (name) => `${total(name)}:series`,
    visitors: (name) => `${total(name)}:visitors`,
    used: (name, day) => `${total(name)}:used:${new Date(day * BUCKETS.day.ms).toISOString().slice(0, 10)}`,
  };
}
