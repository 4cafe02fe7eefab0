// What a rate limiter takes and answers.

import type { Redis } from "../redis/index.ts";
import type { Leases } from "./leases.ts";

/**
 * - `fixed`: never more than `limit` in a window; windows begin at whole multiples of their length since 1970, by
 *   Redis's clock. Across a border `limit` may pass just before it and `limit` just after.
 * - `sliding`: never more than `limit` in *any* stretch of time of the window's length. What was taken comes back between
 *   one window and 61/60 of one later.
 * - `token-bucket`: holds `limit` tokens and gets `limit` a window back, evenly. In any time t at most
 *   `limit + limit * t / window` pass.
 */
export type Algorithm = "fixed" | "sliding" | "token-bucket";

export interface Policy {
  /** What it is called in keys, headers and answers. */
  readonly name: string;
  /** How much may pass in a window: 1 to 1,000,000,000. */
  readonly limit: number;
  /** 1 to 31,536,000 (a year). */
  readonly windowSeconds: number;
  readonly algorithm: Algorithm;
  /** Whether calls pass while Redis cannot be asked. "closed". */
  readonly failure?: "open" | "closed";
  /** Counts, and tells what it would refuse, but refuses nothing. false. */
  readonly shadow?: boolean;
  /**
   * Lets an isolate take permits in advance, and spend them without a trip, and refuse again without one what Redis has just
   * refused. Needs `leases`. None by default.
   */
  readonly lease?: {
    /**
     * At most so many at once. What an isolate takes grows up to this with what it spends, and is never more than half
     * of what is there.
     */
    readonly permits: number;
    /** How long they may be held: up to 2. 2. */
    readonly seconds?: number;
  };
}

/** A policy applied to somebody. */
export interface Limit {
  readonly policy: Policy;
  /** Who: an address, a user, a key. Any text of 1 to 256 characters. It is readable in the key. */
  readonly identifier: string;
  /** How much this call takes. 0 takes nothing, and is answered as a call that takes 1 would be. 1. */
  readonly cost?: number;
}

export interface LimitResult {
  /** The policy's. */
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
  /** What is left after this call. In parts of an outage unknown: `limit` where calls pass, else 0. */
  readonly remaining: number;
  /**
   * Milliseconds since 1970, by the isolate's clock. `fixed`: the window's end. Else when there will be more than
   * now; where this limit refused, when the call would fit.
   */
  readonly resetAt: number;
  /** The same as whole seconds from now, rounded up. */
  readonly resetSeconds: number;
  /** Whether this limit lets the call pass. The call passes when all do. */
  readonly success: boolean;
  /** A shadow policy would have refused the call. */
  readonly shadowed: boolean;
}

export interface Decision {
  /** Whether the call may pass. Where it may not, nothing was taken from any of its limits. */
  readonly success: boolean;
  /** Redis could not be asked in time; `success` is what the policies' `failure` says. What was asked may have been taken. */
  readonly reason?: "unavailable";
  /** One for each limit, in their order. */
  readonly limits: readonly LimitResult[];
}

export type RateLimitEvent =
  /** Redis could not be asked: `failure` was followed. */
  | { readonly type: "unavailable"; readonly success: boolean; readonly error: unknown }
  /** A shadow policy would have refused. */
  | { readonly type: "shadow-refusal"; readonly name: string };

export interface RateLimiterOptions {
  redis: Redis;
  /** In front of every key. "sedge". */
  prefix?: string;
  /**
   * The limits of a group may be checked together, so on a Redis Cluster all of them are in one slot. Limiters with
   * different groups share nothing. "all".
   */
  group?: string;
  /** What the isolate holds in advance, from `createLeases`. Without it every check asks Redis. */
  leases?: Leases;
  /** How long a check may wait for Redis. 250 ms. */
  timeoutMs?: number;
  /** Hears of outages and of what shadow policies would refuse. */
  on?: (event: RateLimitEvent) => void;
  /** The isolate's clock: milliseconds since 1970. `Date.now`. */
  now?: () => number;
  /** In place of Redis's own clock, which all isolates share: for tests. */
  redisNow?: () => number;
}

export interface RateLimiter {
  /**
   * Checks 1 to 10 limits and takes from all of them, or, where one refuses, from none; in one step, so that of any
   * number of calls at once exactly as many pass as fit.
   *
   * Never rejects for Redis: a time-out, a connection refused, an error or a broken answer is `reason: "unavailable"`.
   *
   * @throws InvalidNameError, RangeError for a limit that is none
   *
   * Cost: 1 trip, 3 commands and 1 for each limit; where Redis has no more to keep (a refusal, a look) 3 commands. None
   * where the isolate holds permits for all of the limits, or where Redis refused the same to it less than 2 s ago and has no
   * more room since.
   */
  check(limits: readonly Limit[]): Promise<Decision>;

  /**
   * Gives one identifier its whole limit back, and no other. For 2 s other isolates may spend permits they hold besides, or
   * refuse because they were refused before.
   *
   * @param name the policy's
   * @throws RedisUnavailableError, InvalidNameError
   *
   * Cost: 1 trip, 1 command.
   */
  reset(name: string, identifier: string): Promise<void>;
}
