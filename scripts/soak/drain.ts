// The end of the traffic: what still stands in queues and in the log is taken out, and then nothing may be left.

import { setTimeout as delay } from "node:timers/promises";
import { type Api, Unexpected } from "./api.ts";
import { count, type Mailbox } from "./mailbox.ts";
import { FLAKY, type Message, QUEUES } from "./steps/messages.ts";

interface Depths {
  ready: number;
  inFlight: number;
  delayed: number;
  dead: number;
}

export interface DrainOptions {
  readonly api: Api;
  readonly mailbox: Mailbox;
  readonly subscription: string;
  /** How long all of it may take. */
  readonly seconds: number;
}

/** @returns what was not drained in time */
export async function drain({ api, mailbox, subscription, seconds }: DrainOptions): Promise<string[]> {
  const until = performance.now() + seconds * 1_000;
  let left: string[];
  do {
    left = await drainOnce();
    if (left.length > 0) await delay(500);
  } while (left.length > 0 && performance.now() < until);
  return left;

  async function drainOnce(): Promise<string[]> {
    try {
      for (const queue of QUEUES) await empty(queue);
      return [...(await queuesLeft()), ...(await logLeft())];
    } catch (error) {
      if (error instanceof Unexpected) return ["a call of the drain went wrong"];
      throw error;
    }
  }

  async function empty(queue: string): Promise<void> {
    if (queue === FLAKY) await api.call("POST", `/v1/queues/${queue}/dead/redrive`);
    for (;;) {
      const path = `/v1/queues/${queue}/receive`;
      const { body } = await api.call<{ messages: Message[] }>("POST", path, { body: { max: 100 } });
      if (body.messages.length === 0) return;
      for (const message of body.messages) {
        await api.call("DELETE", `/v1/queues/${queue}/messages/${message.receipt}`);
        count(mailbox.handled, message.body);
      }
    }
  }

  async function queuesLeft(): Promise<string[]> {
    const found: string[] = [];
    for (const queue of QUEUES) {
      const { ready, inFlight, delayed, dead } = (await api.call<Depths>("GET", `/v1/queues/${queue}`)).body;
      const depth = ready + inFlight + delayed + dead;
      if (depth > 0) found.push(`the queue ${queue} has ${depth} messages left`);
    }
    return found;
  }

  async function logLeft(): Promise<string[]> {
    const path = `/v1/subscriptions/${subscription}`;
    const { lag, dead } = (await api.call<{ lag: number; dead: number }>("GET", path)).body;
    const seen = new Set(mailbox.seen);
    const unseen = [...mailbox.published].filter((id) => !seen.has(id)).length;
    return [
      ...(lag > 0 ? [`the webhook lags ${lag} events behind`] : []),
      ...(dead > 0 ? [`${dead} events are dead`] : []),
      ...(unseen > 0 ? [`the live viewer lags ${unseen} events behind`] : []),
    ];
  }
}
