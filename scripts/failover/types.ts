// What takes part in a failover: operations that are tried again and again, and their effects, which are looked for after it.

import type { Redis, Subscribe } from "../../lib/redis/index.ts";

/** One try of an operation: `label` names what it is to bring about. */
export type Label = number;

/**
 * What the caller of an operation was told. `fell through`: an answer, without Redis. Any other text: a refusal, in a word.
 * Null: there was nothing to do.
 */
export type Answer = "acknowledged" | "fell through" | (string & {}) | null;

export interface Operation {
  readonly name: string;
  /** Within which it must be answered, whatever Redis does. */
  readonly boundMs: number;
  /** Of unknown outcome it is tried again under the same label: it is idempotent. false */
  readonly repeats?: boolean;
  /** @throws RedisUnavailableError: a refusal */
  readonly run: (label: Label) => Promise<Answer>;
}

/** What operations have brought about. */
export interface Effect {
  readonly name: string;
  /** The name of the operation whose labels these are. */
  readonly of: string;
  /** It may be there more than once: at least once is what is promised. false */
  readonly mayRepeat?: boolean;
  /** How often each is there, in the end; a label that is not named is not there. */
  readonly counts: (labels: readonly Label[]) => Promise<ReadonlyMap<Label, number>>;
  /** What else must hold and does not. */
  readonly faults?: () => string[];
  /** What is worth saying besides. */
  readonly remark?: () => string;
}

export interface Pattern {
  readonly operations: readonly Operation[];
  readonly effects: readonly Effect[];
  /** Before the traffic. */
  readonly prepare?: () => Promise<void>;
  /** When the traffic is over: what is still under way comes to its end. */
  readonly drain?: () => Promise<void>;
}

export interface Isolate {
  /** A client for one request. */
  readonly open: () => Redis;
  readonly subscribe: Subscribe;
}

export interface Stage {
  /** In front of every key. */
  readonly prefix: string;
  /** An isolate: its requests share a breaker, and no other isolate's. */
  readonly isolate: () => Isolate;
  /** A client that waits for as long as it takes: for before and after. */
  readonly patient: Redis;
  /** How many labels an operation may come to, where something must be prepared for each. */
  readonly most: number;
  /** Milliseconds, from some moment on. */
  readonly now: () => number;
}

/** @returns what `ask` says of each */
export async function countEach(
  labels: readonly Label[],
  ask: (label: Label) => Promise<number>,
): Promise<Map<Label, number>> {
  return new Map(await Promise.all(labels.map(async (label) => [label, await ask(label)] as const)));
}

/** What one call to Redis may take: its time-out, and half of it for a second try of a read. */
export const TRIP_MS = 750;
