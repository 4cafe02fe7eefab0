// What is asked of each queue that takes part.

import { Queue, type QueueConfig } from "@upstash/queue";
import type { Gateway } from "../harness/gateway-client.ts";
import { openUpstash } from "../harness/upstash.ts";
import { createQueues } from "../../lib/lists/index.ts";
import { createConnection } from "../../lib/redis/index.ts";

export interface Received {
  /** Says that it was handled. */
  ack(): Promise<unknown>;
}

/** A queue, as one isolate has it. It shares nothing with another's but Redis. */
export interface IsolateQueue {
  send(body: object, delayMs?: number): Promise<unknown>;
  /** One message, or null where there is none. */
  receive(): Promise<Received | null>;
}

export interface Contender {
  readonly name: string;
  readonly open: (queue: string) => IsolateQueue;
}

/** How long a message that was received is hidden: the least that Sedge takes. */
export const VISIBILITY_MS = 1_000;

const createSedge = ({ url, token }: Address): Contender => ({
  name: "Sedge",
  open(queue) {
    // Longer than by default: a machine that is busy measuring is no Redis that is away.
    const connection = createConnection({ url, token, timeoutMs: 5_000 });
    // One client for each request, as a Worker has it.
    const queues = () => createQueues({ redis: connection.open() });
    return {
      send: (body, delayMs = 0) => queues().send(queue, [{ body, delaySeconds: delayMs / 1_000 }]),
      async receive() {
        const [message] = await queues().receive(queue, { visibilitySeconds: VISIBILITY_MS / 1_000 });
        return message === undefined ? null : { ack: () => queues().ack(queue, message.receipt) };
      },
    };
  },
});

const createUpstashQueue = (gateway: Address, autoVerify: boolean): Contender => ({
  name: autoVerify ? "@upstash/queue, as it is by default" : "@upstash/queue, autoVerify: false",
  open(queueName) {
    const queue = new Queue({
      // Its types are those of the older client that it brings, whose private parts differ; it takes the project's as well.
      redis: openUpstash(gateway) as unknown as QueueConfig["redis"],
      queueName,
      autoVerify,
      visibilityTimeout: VISIBILITY_MS,
      // The most it takes. Without it a second receive before the first one's ack throws.
      concurrencyLimit: 5,
    });
    return {
      send: (body, delayMs) => queue.sendMessage(body, delayMs),
      async receive() {
        const message = await queue.receiveMessage<object>();
        if (message === null) return null;
        return { ack: async () => (autoVerify ? undefined : queue.verifyMessage(message.streamId)) };
      },
    };
  },
});

/** Where Redis is. */
export type Address = Pick<Gateway, "url" | "token">;

/** The first is Sedge. */
export const createContenders = (address: Address): [Contender, ...Contender[]] => [
  createSedge(address),
  createUpstashQueue(address, false),
  createUpstashQueue(address, true),
];
