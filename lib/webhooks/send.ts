// One attempt to hand a webhook over.

import type { AddressGuard } from "./address.ts";
import { retryAfterSeconds } from "./retry-after.ts";
import { signatureHeaders } from "./sign.ts";

export interface WebhookMessage {
  /** Names the message; the same on each attempt. */
  readonly id: string;
  readonly url: string;
  /** JSON, as it is signed and sent. */
  readonly body: string;
  /** Each signs. */
  readonly secrets: readonly string[];
}

/** What came of it. `error` is in words of ours: nothing of what the receiver said is in it. */
export type WebhookOutcome =
  | { readonly kind: "delivered"; readonly status: number }
  | {
      readonly kind: "failed";
      /** null where there was no answer. */
      readonly status: number | null;
      readonly error: string;
      /** When the receiver wants to be asked again. */
      readonly retryAfterSeconds?: number;
    }
  /** It wants no more of them: 410. */
  | { readonly kind: "gone"; readonly status: number; readonly error: string };

export interface WebhookSenderOptions {
  guard: AddressGuard;
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds since 1970. `Date.now`. */
  now?: () => number;
}

export type SendWebhook = (message: WebhookMessage, signal: AbortSignal) => Promise<WebhookOutcome>;

const noAnswer = (error: string): WebhookOutcome => ({ kind: "failed", status: null, error });

/**
 * Sends webhooks as Standard Webhooks says: a signed POST, done by any 2xx within the signal's time. Redirects are not followed:
 * they could lead where the guard would not have let it go.
 *
 * Cost: none in Redis; one subrequest, and the guard's.
 */
export function createWebhookSender({
  guard,
  fetch: request = async (url, init) => fetch(url, init),
  now = Date.now,
}: WebhookSenderOptions): SendWebhook {
  return async function sendWebhook({ id, url, body, secrets }, signal) {
    const checked = await guard.check(url);
    if (checked.kind === "refused") return noAnswer(`not sent: its URL ${checked.reason}`);
    if (checked.kind === "unresolved") return noAnswer("not sent: its URL's name could not be looked up");

    const signature = signatureHeaders({ id, at: now(), body }, secrets);
    let response: Response;
    try {
      response = await request(checked.url.href, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "User-Agent": "Sedge-Webhooks/1",
          ...signature,
        },
        body,
        redirect: "manual",
        signal,
      });
    } catch {
      return noAnswer(signal.aborted ? "no answer in time" : "no connection, or it broke");
    }
    // The status is all that is wanted. A body of any length, or without an end, is not read.
    await response.body?.cancel().catch(() => undefined);
    return outcomeOf(response, now());
  };
}

function outcomeOf({ ok, status, headers }: Response, now: number): WebhookOutcome {
  if (ok) return { kind: "delivered", status };
  const error = status >= 300 && status < 400 ? "a redirect, which is not followed" : `answered ${status}`;
  if (status === 410) return { kind: "gone", status, error };
  const wait = retryAfterSeconds(headers.get("Retry-After"), now);
  return {
    kind: "failed",
    status,
    error,
    ...(wait !== undefined && { retryAfterSeconds: wait }),
  };
}
