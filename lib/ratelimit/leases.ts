// What an isolate holds of limits: permits taken from Redis in advance, to be spent without a trip.

import { createRefusals, type Refusals } from "./refusals.ts";

/** Where permits were taken in advance, as the script knows it. */
export interface Stamp {
  readonly born: number;
  readonly part: number;
}

/** Permits taken in advance, and what Redis said beside them. */
export interface Lease extends Stamp {
  /** Permits not spent yet. */
  left: number;
  /** How many there were. */
  readonly permits: number;
  /** They may be spent before this, by the isolate's clock. */
  readonly until: number;
  /** What the others left in Redis. */
  readonly remaining: number;
  readonly resetAt: number;
}

/** What to ask of Redis for a limit beside the cost of the call. */
export interface Advance {
  /** Permits to take in advance. */
  readonly want: number;
  /** Permits not spent, to be given back. */
  readonly given: number;
  /** Of the lease they are from. */
  readonly stamp: Stamp;
}

export const NO_ADVANCE: Advance = { want: 0, given: 0, stamp: { born: 0, part: 0 } };

/** Made once per isolate and handed to each request's limiter. Holds values only, never promises. */
export interface Leases {
  /**
   * Spends from the leases on these keys: from each its cost, or from none.
   * @returns the leases, or undefined where one is missing, over, or holds too little (a cost of 0 asks for 1)
   */
  spend(wants: readonly { key: string; cost: number }[], now: number): readonly Lease[] | undefined;
  /**
   * What to ask for a key that goes to Redis. Its lease ends here, so that nothing is spent that is given back. Of calls
   * at once only the first asks for more than its cost.
   * @param permits at most so many
   * @param until when another may ask, should no answer come
   */
  ask(key: string, permits: number, now: number, until: number): Advance;
  /** Redis has answered: with a lease, or with none to give. */
  keep(key: string, lease: Lease | undefined): void;
  /** Forgets what is known of the key, refusals too. */
  forget(key: string): void;
  /** Checks that were refused a moment ago. */
  readonly refusals: Refusals;
}

interface Known {
  lease: Lease | undefined;
  /** How many permits the next lease is to have, as far as known. */
  size: number;
  askedUntil: number;
}

/** The first lease of an identifier the isolate has not seen is this share of the policy's: it may be its last call here. */
const FIRST_SHARE = 1 / 25;

/** @param maxEntries the identifiers that are remembered, and the checks that were refused; the least recently used goes first. 1,000 */
export function createLeases({ maxEntries = 1_000 } = {}): Leases {
  // A Map keeps the order of insertion: first is the least recently used.
  const known = new Map<string, Known>();
  const refusals = createRefusals(maxEntries);

  function put(key: string, entry: Known): void {
    known.delete(key);
    known.set(key, entry);
    const [oldest] = known.keys();
    if (known.size > maxEntries && oldest !== undefined) known.delete(oldest);
  }

  return {
    spend(wants, now) {
      const spendable = new Map<Lease, number>();
      const leases: Lease[] = [];
      for (const { key, cost } of wants) {
        const lease = known.get(key)?.lease;
        if (lease === undefined || now >= lease.until) return undefined;
        // A key may stand in a check more than once.
        const left = spendable.get(lease) ?? lease.left;
        if (left < Math.max(cost, 1)) return undefined;
        spendable.set(lease, left - cost);
        leases.push(lease);
      }
      for (const [lease, left] of spendable) lease.left = left;
      return leases;
    },

    ask(key, permits, now, until) {
      const entry = known.get(key);
      if (entry === undefined) {
        const size = Math.max(1, Math.ceil(permits * FIRST_SHARE));
        put(key, { lease: undefined, size, askedUntil: until });
        return { ...NO_ADVANCE, want: size };
      }
      const { lease, askedUntil } = entry;
      if (now < askedUntil) return NO_ADVANCE;
      let { size } = entry;
      if (lease !== undefined) {
        // Spent before its end: twice as many. Else as many as were spent.
        const spent = lease.permits - lease.left;
        size = now < lease.until ? 2 * lease.permits : spent;
      }
      size = Math.min(permits, Math.max(1, size));
      put(key, { lease: undefined, size, askedUntil: until });
      return lease === undefined
        ? { ...NO_ADVANCE, want: size }
        : { want: size, given: lease.left, stamp: { born: lease.born, part: lease.part } };
    },

    keep(key, lease) {
      const entry = known.get(key);
      if (entry !== undefined) put(key, { ...entry, lease, askedUntil: 0 });
    },

    forget(key) {
      known.delete(key);
      refusals.forget(key);
    },

    refusals,
  };
}
