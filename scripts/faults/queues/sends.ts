// The checker's view of sending: which calls made which messages, and which made none.

import type { Violated } from "./check.ts";
import type { Arrival, Sending } from "./history.ts";
import { createMessage, type Message } from "./messages.ts";

/** So long a dedupId sends nothing again. */
const DEDUP_MS = 300_000;

export interface Sends {
  /** A call came to Redis. */
  sent(sending: Sending, arrival: Arrival): void;
  /** Somebody was given this body under this id. @returns null where that is wrong, which is told */
  received(label: number, id: string): Message | null;
  byId(id: string): Message | null;
  messages(): readonly Message[];
  readonly deduplicated: number;
}

export function createSends(violated: Violated): Sends {
  const messages: Message[] = [];
  /** Label → its message; of one that was sent before by its dedupId, the message of then. */
  const byLabel = new Map<number, Message>();
  const byDedupId = new Map<string, Message>();
  const ids = new Map<string, Message>();
  let last = 0;
  let deduplicated = 0;

  function name(message: Message, id: string, kind: "sent twice" | "dedup"): boolean {
    const known = ids.get(id);
    if (message.id === null && known === undefined) {
      message.id = id;
      ids.set(id, message);
    }
    if (message.id === id) return true;
    violated(kind, `message ${message.label}: ${message.id}, then ${id}`);
    return false;
  }

  return {
    sent({ messages: labels, ids: answered }, { clock }) {
      // Ids go on from the last where Redis's clock has gone back, and a dedupId's time is its id's.
      last = Math.max(last, clock);
      for (const [i, { label, delaySeconds, dedupId }] of labels.entries()) {
        const twin = dedupId === undefined ? undefined : byDedupId.get(dedupId);
        if (twin !== undefined && !byLabel.has(label) && clock - twin.sentAt < DEDUP_MS) {
          byLabel.set(label, twin);
          deduplicated += 1;
        }
        // Made again under its idempotency key, it makes nothing.
        const message =
          byLabel.get(label) ??
          createMessage(label, last, delaySeconds === 0 ? 0 : clock + 1_000 * delaySeconds);
        if (!byLabel.has(label)) {
          messages.push(message);
          byLabel.set(label, message);
          if (dedupId !== undefined) byDedupId.set(dedupId, message);
        }
        const id = answered?.[i];
        if (id === undefined) continue;
        message.isAcknowledged = true;
        name(message, id, message.label === label ? "sent twice" : "dedup");
      }
    },

    received(label, id) {
      const message = byLabel.get(label);
      if (message === undefined) violated("unexpected", `${id} with body ${label}: no such send has arrived`);
      else if (message.label !== label) violated("dedup", `${id} with body ${label}, sent before`);
      else if (name(message, id, "sent twice")) return message;
      return null;
    },

    byId: (id) => ids.get(id) ?? null,
    messages: () => messages,
    get deduplicated() {
      return deduplicated;
    },
  };
}
