// Who gets events: a webhook's server, and live viewers.

import { setTimeout as sleep } from "node:timers/promises";
import { blocksOf } from "../../test/support/event-stream.ts";
import { startReceiver } from "../../test/lib/webhooks/receiver.ts";
import { HEADERS } from "./dev.ts";

/** Called for each event that arrives, with what was published as its data. */
export type Arrived = (receiver: number, data: { readonly i: number }) => void;

/** As an EventSource comes back when its stream has ended. */
const RETRY_MS = 1_000;
const OPENED_AT_ONCE = 10;

interface Message {
  readonly data: { readonly i: number };
}

/** Subscribes one webhook to a channel. */
export async function openWebhook(url: string, channel: string, arrived: Arrived) {
  const receiver = await startReceiver();
  receiver.answer = (response, { body }) => {
    arrived(0, (JSON.parse(body) as Message).data);
    response.writeHead(204).end();
  };
  const answer = await fetch(`${url}/v1/subscriptions`, {
    method: "POST",
    headers: HEADERS,
    body: JSON.stringify({ pattern: channel, url: `${receiver.url}/hook` }),
  });
  if (answer.status !== 201) throw new Error(`A subscription was answered ${answer.status}.`);
  const { id } = (await answer.json()) as { id: string };
  return async function close(): Promise<void> {
    await fetch(`${url}/v1/subscriptions/${id}`, { method: "DELETE", headers: HEADERS });
    await receiver.close();
  };
}

/** One viewer. Resolves when its stream has begun: what is published from then on must come. */
async function openViewer(url: string, signal: AbortSignal, arrived: (message: Message) => void) {
  let lastId = "";
  async function open() {
    const resume = lastId === "" ? {} : { "last-event-id": lastId };
    const headers = { ...HEADERS, ...resume, accept: "text/event-stream" };
    const response = await fetch(url, { headers, signal });
    if (!response.ok || response.body === null) throw new Error(`A stream was answered ${response.status}.`);
    const blocks = blocksOf(response.body);
    const { value } = await blocks.next();
    lastId = value?.["id"] ?? lastId;
    return blocks;
  }
  async function read(blocks: Awaited<ReturnType<typeof open>>): Promise<void> {
    for await (const { id, data } of blocks) {
      lastId = id ?? lastId;
      if (data !== undefined && id !== undefined) arrived(JSON.parse(data) as Message);
    }
  }
  async function follow(first: Awaited<ReturnType<typeof open>>): Promise<void> {
    await read(first).catch(() => undefined);
    while (!signal.aborted) {
      await sleep(RETRY_MS);
      await open().then(read, () => undefined);
    }
  }
  const first = await open();
  // Ends with the signal.
  void follow(first).catch(() => undefined);
}

/** @param count how many look on */
export async function openViewers(url: string, channel: string, count: number, arrived: Arrived) {
  const over = new AbortController();
  const events = `${url}/v1/channels/${channel}/events`;
  for (let opened = 0; opened < count; opened += OPENED_AT_ONCE) {
    // What is measured is not how many may come at once.
    const some = Array.from({ length: Math.min(OPENED_AT_ONCE, count - opened) }, (_, i) =>
      openViewer(events, over.signal, ({ data }) => arrived(opened + i, data)),
    );
    await Promise.all(some);
  }
  return async function close(): Promise<void> {
    over.abort();
  };
}
