// What is kept of subscriptions, and how it is written.

import type { Mark } from "../heads.ts";
import type { ChannelEvent } from "../types.ts";
import type { SubscriptionStatus } from "./types.ts";

export interface Secret {
  readonly secret: string;
  /** Milliseconds since 1970; null for the one that signs until it is replaced. */
  readonly until: number | null;
}

/** What a subscription is. Changed by the API; by the dispatcher only to disable it. */
export interface Definition {
  readonly status: SubscriptionStatus;
  readonly pattern: string;
  readonly url: string;
  /** The newest first. */
  readonly secrets: readonly Secret[];
  /** The position in families that are younger than the subscription. */
  readonly since: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** When it last became active: days of failures count from here. Milliseconds since 1970. */
  readonly activeSince: number;
}

/** The status stands in front, where a script can see it. */
export const ACTIVE = "active ";

export function definitionText({ status, ...definition }: Definition): string {
  return `${status} ${JSON.stringify(definition)}`;
}

export function definitionOf(text: string): Definition {
  const space = text.indexOf(" ");
  const definition = JSON.parse(text.slice(space + 1)) as Omit<Definition, "status">;
  return { ...definition, status: text.slice(0, space) as SubscriptionStatus };
}

/** What signs at a moment, the newest first. */
export const secretsAt = ({ secrets }: Definition, now: number): string[] =>
  secrets.filter(({ until }) => until === null || until > now).map(({ secret }) => secret);

/** How far a subscription has got. */
export interface Progress {
  /** FAMILY → the event up to which all are settled: delivered, pending, dead, or not its. */
  readonly after: ReadonlyMap<string, Mark>;
  /** FAMILY → ids beyond that which are settled too. */
  readonly done: ReadonlyMap<string, readonly string[]>;
  readonly delivered: number;
  readonly failed: number;
  readonly missed: number;
  /** How many events have ever died. */
  readonly died: number;
  /** How many attempts were written down: numbers them. */
  readonly attempts: number;
  /** How many events are pending. */
  readonly pending: number;
  /** Milliseconds since 1970. */
  readonly lastDeliveryAt: number | null;
  /** When the first attempt failed since one succeeded. Milliseconds since 1970. */
  readonly failingSince: number | null;
  /** New events are not begun before this moment: too many have failed. Milliseconds since 1970. */
  readonly restUntil: number;
}

export const NO_PROGRESS: Progress = {
  after: new Map(),
  done: new Map(),
  delivered: 0,
  failed: 0,
  missed: 0,
  died: 0,
  attempts: 0,
  pending: 0,
  lastDeliveryAt: null,
  failingSince: null,
  restUntil: 0,
};

/** Maps as lists of their entries: a family may be called `__proto__`. */
export const progressText = ({ after, done, ...rest }: Progress): string =>
  JSON.stringify({
    after: [...after].map(([family, { id, n }]) => [family, id, n]),
    done: [...done],
    ...rest,
  });

type Written = Omit<Progress, "after" | "done"> & {
  readonly after: readonly (readonly [family: string, id: string, n: number])[];
  readonly done: readonly (readonly [family: string, ids: readonly string[]])[];
};

export function progressOf(text: string): Progress {
  const { after, done, ...rest } = JSON.parse(text) as Written;
  return {
    ...rest,
    after: new Map(after.map(([family, id, n]) => [family, { id, n }])),
    done: new Map(done),
  };
}

/** An event that has failed, or that waits behind one that has. */
export interface PendingEvent {
  readonly attempts: number;
  readonly lastStatus: number | null;
  readonly event: ChannelEvent;
}

/** The event stands last, so that a script can take it as it is. */
export const pendingText = ({ attempts, lastStatus, event }: PendingEvent): string =>
  `${attempts} ${lastStatus ?? "-"} ${JSON.stringify(event)}`;

export function pendingOf(text: string): PendingEvent {
  const [attempts = "", status = ""] = text.split(" ", 2);
  return {
    attempts: Number(attempts),
    lastStatus: status === "-" ? null : Number(status),
    event: JSON.parse(text.slice(attempts.length + status.length + 2)) as ChannelEvent,
  };
}

/** The events of a channel with the same key. Null for an event without one: it waits for no other. */
export const laneOf = ({ channel, key }: ChannelEvent): string | null =>
  key === null ? null : `${channel} ${key}`;
