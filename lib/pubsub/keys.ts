// The Redis keys of pub/sub. All are in one slot of a Redis Cluster, so that each step is one script and any number of logs
// can be read as one look.

import { checkName, slot } from "../keys.ts";

/** The field of `heads` with the last id given in any family. A name has no braces. */
export const LAST = "{last}";

/** The member of the agenda that says that something was published. */
export const EVENTS = "{events}";

export interface PubSubKeys {
  /** What all of them begin with. */
  readonly base: string;
  /** A family's events: a stream of `c` channel, `n` number in the family, `d` data as JSON, `t` type, `k` key. */
  readonly log: (family: string) => string;
  /** A hash: `{last}` → the last id of all; FAMILY → `ID NUMBER` of its last event. */
  readonly heads: string;
  /** A hash: FAMILY → `ID NUMBER` of the last event that is gone. */
  readonly trimmed: string;
  /**
   * A sorted set of what is to be looked at. A subscription stands at the time, in milliseconds since 1970, from when on; `{events}`
   * at the negated time since when it has waited, so that it is due by any clock; `{look}` an hour after the last look.
   */
  readonly agenda: string;
  /** `REQUEST ID` of what was published under an idempotency key. @param hash its SHA-256 */
  readonly published: (hash: string) => string;
  /** The Pub/Sub channel that tells of a family's events. */
  readonly live: (family: string) => string;
}

export function createPubSubKeys(prefix: string): PubSubKeys {
  checkName(prefix, "prefix");
  const of = `${prefix}:${slot("pubsub")}`;
  return {
    base: of,
    log: (family) => `${of}:log:${family}`,
    heads: `${of}:heads`,
    trimmed: `${of}:trimmed`,
    agenda: `${of}:agenda`,
    published: (hash) => `${of}:published:${hash}`,
    live: (family) => `${of}:live:${family}`,
  };
}
