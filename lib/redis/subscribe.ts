// Redis's own Pub/Sub over the REST protocol: server-sent events, on one request that lasts as long as the subscription.

import { RedisUnavailableError } from "../errors.ts";

export interface Subscription {
  /**
   * Reads on, one call at a time. Nothing is read from the network that was not asked for: a slow reader holds up who
   * sends, and at last is cut off there.
   *
   * @returns the next message's payload; undefined when the subscription is over, whoever ended it. What was published
   *   since the last message is lost to it then, and may be lost before: Pub/Sub promises nothing
   */
  next(): Promise<string | undefined>;
  /** Ends it. Safe to call twice, and while `next` waits. */
  close(): void;
}

/**
 * Subscribes to one channel, or to the channels of one pattern. A channel's name has no comma and no line break here: the
 * protocol could not tell where it ends.
 *
 * @param options.timeoutMs how long Redis may take to say that the subscription stands. 2,000 ms
 * @param options.signal ends the subscription, also while it is being made
 * @returns the subscription, once it stands
 * @throws RedisUnavailableError. The breaker is neither asked nor told: a Redis without subscriptions serves all else
 *
 * Cost: one request (a subrequest of a Worker), 1 command.
 */
export type Subscribe = (
  kind: "subscribe" | "psubscribe",
  channel: string,
  options?: { timeoutMs?: number; signal?: AbortSignal },
) => Promise<Subscription>;

/** The longest line that is taken, in characters. Who sends a longer one sends no messages of ours. */
const MAX_LINE = 1_048_576;

/** @param options.url of the database's REST endpoint */
export function createSubscribe({ url, token }: { url: string; token: string }): Subscribe {
  const base = url.replace(/\/+$/, "");

  return async function subscribe(kind, channel, { timeoutMs = 2_000, signal } = {}) {
    const closing = new AbortController();
    const timer = setTimeout(() => closing.abort(new RedisUnavailableError("timeout")), timeoutMs);
    try {
      const response = await fetch(`${base}/${kind}/${encodeURIComponent(channel)}`, {
        method: "POST",
        headers: { Authorization: `Bearer ${token}`, Accept: "text/event-stream" },
        body: "[]",
        signal: signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]),
      });
      const { body } = response;
      if (!response.ok) throw new RedisUnavailableError("http");
      if (body === null) throw new RedisUnavailableError("protocol");
      const events = eventsOf(body);
      const { value: first } = await events.next();
      if (!first?.startsWith(`${kind},`)) throw new RedisUnavailableError("protocol");
      return subscriptionOf(events, `${kind === "subscribe" ? "message" : "pmessage"},${channel},`, closing);
    } catch (error) {
      closing.abort();
      const reason: unknown = closing.signal.reason;
      if (reason instanceof RedisUnavailableError) throw reason;
      throw error instanceof RedisUnavailableError ? error : new RedisUnavailableError("network", error);
    } finally {
      clearTimeout(timer);
    }
  };
}

/** @param head what stands before a message's payload, or before the channel that a pattern's message names */
function subscriptionOf(
  events: AsyncIterator<string, void>,
  head: string,
  closing: AbortController,
): Subscription {
  const isByPattern = head.startsWith("pmessage,");

  async function next(): Promise<string | undefined> {
    for (;;) {
      const { done, value } = await events.next();
      if (done) return undefined;
      if (!value.startsWith(head)) continue;
      const rest = value.slice(head.length);
      return isByPattern ? rest.slice(rest.indexOf(",") + 1) : rest;
    }
  }

  return {
    // However it ended, it is over: a connection that was cut and one that was closed mean the same.
    next: () => next().catch(() => undefined),
    close: () => closing.abort(),
  };
}

/** What stands behind each `data: `. Other lines (comments, the empty ones between) say nothing. */
async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let unfinished = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      unfinished += decoder.decode(value, { stream: true });
      const lines = unfinished.split("\n");
      unfinished = lines.pop() ?? "";
      if (unfinished.length > MAX_LINE) throw new RedisUnavailableError("protocol");
      for (const line of lines) if (line.startsWith("data: ")) yield line.slice(6).replace(/\r$/, "");
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
