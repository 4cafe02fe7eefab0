// The Redis keys of subscriptions, in the slot of the log.

import { checkName } from "../../keys.ts";
import { createPubSubKeys, type PubSubKeys } from "../keys.ts";

export interface SubscriptionKeys {
  readonly log: PubSubKeys;
  /** A hash: id → `STATUS JSON`, what the subscription is. Not there for those in code. */
  readonly subscriptions: string;
  /** A hash: id → JSON, how far it has got. Written by who holds its lease, and by nobody else. */
  readonly progress: string;
  /** A hash: id → `FENCE UNTIL`, who serves it, until when; `FENCE 0` when it was given back. */
  readonly leases: string;
  /** A sorted set: the ids of events to try again, by when. */
  readonly due: (id: string) => string;
  /** A hash: id of an event → `ATTEMPTS STATUS JSON`: what has failed, and what waits behind it. */
  readonly pending: (id: string) => string;
  /** A hash: `CHANNEL KEY` → the ids of the events of that key that are pending, in order. */
  readonly lanes: (id: string) => string;
  /** A stream: dead letters. */
  readonly dead: (id: string) => string;
  /** A list: the last attempts, newest first, each as JSON. */
  readonly attempts: (id: string) => string;
}

export function createSubscriptionKeys(prefix: string): SubscriptionKeys {
  const log = createPubSubKeys(prefix);
  const of = (id: string, what: string): string => `${log.base}:sub:${checkName(id, "id")}:${what}`;
  return {
    log,
    subscriptions: `${log.base}:subscriptions`,
    progress: `${log.base}:progress`,
    leases: `${log.base}:leases`,
    due: (id) => of(id, "due"),
    pending: (id) => of(id, "pending"),
    lanes: (id) => of(id, "lanes"),
    dead: (id) => of(id, "dead"),
    attempts: (id) => of(id, "attempts"),
  };
}
