// How the REST server itself gets over it: one write after the other to the slots that lose their master, without a client's
// time-outs and breaker, and a subscription to Redis's own Pub/Sub.

import { createConnection } from "../../lib/redis/index.ts";

export interface Probe {
  readonly writes: readonly { readonly begun: number; readonly ended: number; readonly status: number }[];
  /** When each message of Pub/Sub came. */
  readonly messages: readonly number[];
  stop(): Promise<void>;
}

export interface ProbeOptions {
  readonly rest: { readonly url: string; readonly token: string };
  /** In one of the slots. */
  readonly key: string;
  readonly now: () => number;
}

const PAUSE_MS = 20;
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

export async function startProbe({ rest, key, now }: ProbeOptions): Promise<Probe> {
  const writes: { begun: number; ended: number; status: number }[] = [];
  const messages: number[] = [];
  const ending = new AbortController();
  const subscription = await createConnection(rest).subscribe("subscribe", key, { signal: ending.signal });

  async function send(command: readonly string[]): Promise<number> {
    const response = await fetch(rest.url, {
      method: "POST",
      headers: { Authorization: `Bearer ${rest.token}` },
      body: JSON.stringify(command),
    });
    await response.arrayBuffer();
    return response.status;
  }

  async function write(): Promise<void> {
    while (!ending.signal.aborted) {
      const begun = now();
      const status = await send(["SET", key, "probe", "EX", "3600"]);
      writes.push({ begun, ended: now(), status });
      await pause();
    }
  }
  async function publish(): Promise<void> {
    while (!ending.signal.aborted) {
      await send(["PUBLISH", key, "probe"]);
      await pause();
    }
  }
  async function listen(): Promise<void> {
    while ((await subscription.next()) !== undefined) messages.push(now());
  }

  const running = Promise.all([write(), publish(), listen()]);
  return {
    writes,
    messages,
    async stop() {
      ending.abort();
      subscription.close();
      await running;
    },
  };
}
