// What is remembered of a run of the fault matrix, as those outside of the dispatcher saw it.

import type { ChannelEvent } from "../../lib/pubsub/index.ts";

/** When something happened: a number that grows. */
export type Moment = number;

/** An event as its publisher knows it, labelled 1, 2, 3 … as they were meant to be published: its data. */
export interface PublishedEvent {
  readonly label: number;
  readonly channel: string;
  readonly key: string | null;
  /** `unknown`: no answer has come, so Redis may have it or not. `refused`: it was never sent. */
  outcome: "acknowledged" | "unknown" | "refused";
  /** Null where it was not acknowledged. */
  id: string | null;
  readonly begun: Moment;
  /** When the answer had come. Null where none came. */
  acknowledged: Moment | null;
}

/** A subscription as its owner knows it. */
export interface Listener {
  readonly id: string;
  readonly kind: "webhook" | "in-code";
  readonly pattern: string;
  /** Whether its receiver has always answered well. */
  readonly isHealthy: boolean;
  /** The first label that it may get, and the first of those that it has to get. */
  readonly mayFrom: number;
  readonly mustFrom: number;
  /** When it was said to be removed. */
  removed: Moment | null;
  /** While it was said to be paused. */
  readonly pauses: { readonly from: Moment; to: Moment | null }[];
}

/** A run of a dispatcher. */
export interface DispatchRun {
  readonly run: number;
  readonly begun: Moment;
  /** `killed`, or ended by a Redis that was away: then it may not have written down what it had done. */
  fate: "running" | "ended" | "killed" | "away";
  /** Subscriptions that another dispatcher has taken over from it. */
  readonly lost: Set<string>;
  /** How often: two whose clocks differ take from each other in turn. */
  losses: number;
}

/** A delivery as its receiver saw it, in the order of their arrival. */
export interface Attempt {
  readonly at: Moment;
  readonly run: number;
  readonly to: string;
  readonly event: ChannelEvent;
  readonly attempt: number;
  readonly answer: "delivered" | "failed" | "gone" | "silent";
  /** Whether the dispatcher had the answer within the delivery's time. */
  wasHeard: boolean;
  /** Milliseconds since its run began. */
  readonly sinceRunMs: number;
}

/** Publishes and runs stand in the order of their numbers. */
export interface History {
  readonly publishes: readonly PublishedEvent[];
  readonly listeners: readonly Listener[];
  readonly runs: readonly DispatchRun[];
  readonly attempts: readonly Attempt[];
}

/** What Redis says of a subscription. */
export interface Account {
  readonly id: string;
  readonly status: "active" | "paused" | "disabled";
  /** Ids of events that wait for a retry, or behind one. */
  readonly pending: readonly string[];
  /** Ids of events that are due at some time, or in a lane. */
  readonly reachable: readonly string[];
  readonly dead: readonly string[];
  /** Ids of events in the log that nobody has looked at for it. */
  readonly unread: readonly string[];
  readonly missed: number;
  readonly delivered: number;
}

/** What Redis says in the end. */
export interface Books {
  readonly accounts: readonly Account[];
  /** FAMILY → the last event that is gone, and how many are. */
  readonly trimmed: ReadonlyMap<string, { readonly id: string; readonly n: number }>;
  /** Whether all there was to do should be done: then nothing of an active subscription may be left. */
  readonly isOver: boolean;
}
