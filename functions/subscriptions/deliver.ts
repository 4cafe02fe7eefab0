// How the dispatcher hands an event to a webhook.

import type { Deliver } from "../../lib/pubsub/index.ts";
import { createWebhookSender, type AddressGuard } from "../../lib/webhooks/index.ts";

export interface WebhookDeliveryOptions {
  /** Where webhooks may go. */
  addresses: AddressGuard;
  /** Milliseconds since 1970. `Date.now`. */
  now?: () => number;
}

/**
 * An event goes out as a reader of its channel gets it. Its id is the message's, and so the same on each attempt.
 *
 * Cost: none in Redis; a subrequest, and two more side by side for a name that was not looked up lately.
 */
export function createWebhookDelivery({ addresses, now = Date.now }: WebhookDeliveryOptions): Deliver {
  const send = createWebhookSender({ guard: addresses, now });
  return async function deliverWebhook({ url, secrets }, event, { signal }) {
    const { id, channel, type, key, data, at } = event;
    return send({ id, url, secrets, body: JSON.stringify({ id, channel, type, key, data, at }) }, signal);
  };
}
