// One delivery, within its time.

import type { Definition } from "../subscriptions/records.ts";
import { secretsAt } from "../subscriptions/records.ts";
import type { Subscriber } from "../subscriptions/types.ts";
import type { ChannelEvent } from "../types.ts";
import type { Deliver, Delivery } from "./types.ts";

export interface AttemptOptions {
  readonly id: string;
  /** One of these two is there. */
  readonly subscriber: Subscriber | null;
  readonly definition: Definition | null;
  readonly event: ChannelEvent;
  /** 1 for the first. */
  readonly attempt: number;
  readonly deliver: Deliver;
  readonly timeoutMs: number;
  readonly now: () => number;
  /** Is told what was thrown. */
  readonly onThrown: (error: unknown) => void;
}

/** Delivers an event. Whatever happens is an outcome; what is slower than `timeoutMs` is a failure, though it may yet arrive. */
export async function attempt(options: AttemptOptions): Promise<Delivery> {
  const { timeoutMs, onThrown } = options;
  const over = new AbortController();
  let timer: ReturnType<typeof setTimeout> | null = null;
  const timedOut = new Promise<Delivery>((resolve) => {
    timer = setTimeout(() => {
      over.abort();
      resolve({ kind: "failed", status: null, error: `no answer within ${timeoutMs / 1_000} s` });
    }, timeoutMs);
  });
  try {
    return await Promise.race([deliverTo(options, over.signal), timedOut]);
  } catch (error) {
    onThrown(error);
    const name = error instanceof Error ? error.name : typeof error;
    // Its name alone: a message may hold what nobody else is to see.
    return { kind: "failed", status: null, error: `the delivery failed (${name})` };
  } finally {
    if (timer !== null) clearTimeout(timer);
  }
}

async function deliverTo(
  { id, subscriber, definition, event, attempt: made, deliver, now }: AttemptOptions,
  signal: AbortSignal,
): Promise<Delivery> {
  if (subscriber !== null) {
    await subscriber.handle(event);
    return { kind: "delivered", status: null };
  }
  if (definition === null) throw new TypeError("nobody to deliver to");
  const target = { id, url: definition.url, secrets: secretsAt(definition, now()) };
  return deliver(target, event, { attempt: made, signal });
}
