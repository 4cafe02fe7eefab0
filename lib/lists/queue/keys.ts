// The Redis keys of a queue, all in one slot of a Redis Cluster.

import { checkName, slot } from "../../keys.ts";

export interface QueueKeys {
  /** Where each message stands: `sedge:queue:{mails}:places`. */
  readonly places: string;
  /** Bodies, receives, settings: `sedge:queue:{mails}:messages`. */
  readonly messages: string;
  /** The dedupIds of the last 300 s, in two hashes that take turns: `sedge:queue:{mails}:dedup:0` and `…:1`. */
  readonly dedup: readonly [string, string];
  /** What was sent under an idempotency key: `sedge:queue:{mails}:sent:SHA-256`. */
  readonly sent: (sha256: string) => string;
}

/** @throws InvalidNameError for a prefix that is none */
export function createQueueKeys(prefix: string): (queue: string) => QueueKeys {
  checkName(prefix, "prefix");
  return function keysOf(queue) {
    const stem = `${prefix}:queue:${slot(checkName(queue, "queue"))}`;
    return {
      places: `${stem}:places`,
      messages: `${stem}:messages`,
      dedup: [`${stem}:dedup:0`, `${stem}:dedup:1`],
      sent: (sha256) => `${stem}:sent:${sha256}`,
    };
  };
}
