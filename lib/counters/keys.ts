// The Redis keys of a counter, all in one slot of a Redis Cluster.

import { checkName, slot } from "../keys.ts";

export interface CounterKeys {
  /** The value: `sedge:counter:{views}`. */
  readonly total: (name: string) => string;
  /** The rings of its series: `sedge:counter:{views}:series`. */
  readonly series: (name: string) => string;
  /** Who was there: `sedge:counter:{views}:visitors`. */
  readonly visitors: (name: string) => string;
  /** What an idempotency key was answered: `sedge:counter:{views}:used:SHA-256`. */
  readonly used: (name: string, id: string) => string;
}

export function createCounterKeys(prefix: string): CounterKeys {
  checkName(prefix, "prefix");
  const total = (name: string): string => `${prefix}:counter:${slot(checkName(name, "name"))}`;
  return {
    total,
    series: (name) => `${total(name)}:series`,
    visitors: (name) => `${total(name)}:visitors`,
    used: (name, id) => `${total(name)}:used:${id}`,
  };
}
