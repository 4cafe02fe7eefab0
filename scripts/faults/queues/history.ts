// What is remembered of a run with queues: what producers and consumers asked and heard, and when the network handed it over.

import type { Moment } from "../history.ts";

/** When a call came to Redis, and what Redis's clock said, in milliseconds since 1970. */
export interface Arrival {
  readonly at: Moment;
  readonly clock: number;
}

interface Call {
  readonly by: string;
  readonly begun: Moment;
  /** Null: it never arrived. Of a receive that looks again and again, its last look. */
  arrived: Arrival | null;
}

/** A message as its producer knows it. Its body is its label, 1, 2, 3 …; a call that is made again has the labels of before. */
export interface NewLabel {
  readonly label: number;
  readonly delaySeconds: number;
  readonly dedupId: string | undefined;
}

export interface Sending extends Call {
  readonly kind: "send";
  readonly messages: readonly NewLabel[];
  /** Null where no answer came: here, and in what follows. */
  ids: readonly string[] | null;
}

export interface Taken {
  readonly id: string;
  readonly label: number;
  readonly receipt: string;
  readonly attempts: number;
}

export interface Receiving extends Call {
  readonly kind: "receive";
  readonly max: number;
  readonly visibilityMs: number;
  taken: readonly Taken[] | null;
}

/** An ack, or a visibility that is set anew: to nothing, where the message is given back. */
export interface Settling extends Call {
  readonly kind: "ack" | "extend";
  readonly id: string;
  readonly receipt: string;
  readonly visibilityMs: number;
  answer: "done" | "stale" | "unknown" | null;
}

export interface Redriving extends Call {
  readonly kind: "redrive";
  count: number | null;
}

export interface Listing extends Call {
  readonly kind: "dead";
  items: readonly { readonly id: string; readonly attempts: number }[] | null;
}

export type Operation = Sending | Receiving | Settling | Redriving | Listing;

export interface QueueHistory {
  /** How often a message is received at most. */
  readonly maxAttempts: number;
  /** In the order in which they were begun. */
  readonly operations: readonly Operation[];
}

/** What Redis says in the end, when all was acked. */
export interface QueueBooks {
  /** Messages of any kind, by the metrics. */
  readonly counted: number;
  /** Places and records of messages that are left in Redis. */
  readonly left: readonly string[];
}
