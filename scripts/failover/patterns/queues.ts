// Queues: a sender whose sends are repeated, and a consumer that receives and acks.

import { createQueues, type ReceivedMessage } from "../../../lib/lists/index.ts";
import { TRIP_MS, type Label, type Pattern, type Stage } from "../types.ts";

const QUEUES = 4;
const VISIBILITY_SECONDS = 3;
const DRAIN_MS = 15_000;

interface Held {
  readonly queue: string;
  readonly message: ReceivedMessage;
}

export function queuesPattern({ isolate, patient, prefix, now }: Stage): Pattern {
  const [sender, receiver, acker] = [isolate(), isolate(), isolate()];
  const calm = createQueues({ redis: patient, prefix });
  const queueOf = (label: Label): string => `tasks-${label % QUEUES}`;
  const queues = Array.from({ length: QUEUES }, (_, i) => queueOf(i));
  const held: Held[] = [];
  /** By what was sent: the ids it was received under. */
  const ids = new Map<Label, Set<string>>();
  const received: { readonly id: string; readonly at: number }[] = [];
  const acks = new Map<Label, Held & { acknowledged?: number }>();

  function note(queue: string, messages: readonly ReceivedMessage[]): void {
    for (const message of messages) {
      const label = Number(message.body);
      ids.set(label, (ids.get(label) ?? new Set()).add(message.id));
      received.push({ id: message.id, at: now() });
      held.push({ queue, message });
    }
  }

  return {
    operations: [
      {
        name: "queues: send",
        boundMs: TRIP_MS,
        repeats: true,
        run: async (label) => {
          const own = createQueues({ redis: sender.open(), prefix });
          await own.send(queueOf(label), [{ body: label }], { idempotencyKey: `task ${label}` });
          return "acknowledged";
        },
      },
      {
        name: "queues: receive",
        boundMs: TRIP_MS,
        run: async (label) => {
          const queue = queueOf(label);
          const own = createQueues({ redis: receiver.open(), prefix });
          note(queue, await own.receive(queue, { max: 5, visibilitySeconds: VISIBILITY_SECONDS }));
          return "acknowledged";
        },
      },
      {
        name: "queues: ack",
        boundMs: TRIP_MS,
        repeats: true,
        run: async (label) => {
          const ack = acks.get(label) ?? held.shift();
          if (ack === undefined) return null;
          acks.set(label, ack);
          const own = createQueues({ redis: acker.open(), prefix });
          const { kind } = await own.ack(ack.queue, ack.message.receipt);
          // "unknown": an earlier try of the same has acked it.
          if (kind === "stale") return "received again meanwhile";
          acks.set(label, { ...ack, acknowledged: now() });
          return "acknowledged";
        },
      },
    ],
    drain: async () => {
      const until = now() + DRAIN_MS;
      for (let left = 1; left > 0 && now() < until;) {
        const all = await Promise.all(queues.map((queue) => calm.metrics(queue)));
        left = all.reduce((sum, { ready, inFlight }) => sum + ready + inFlight, 0);
        for (const queue of queues)
          note(queue, await calm.receive(queue, { max: 100, visibilitySeconds: 60 }));
        for (const { queue, message } of held.splice(0)) await calm.ack(queue, message.receipt);
      }
    },
    effects: [
      {
        name: "queues: sent, and received",
        of: "queues: send",
        counts: async () => new Map([...ids].map(([label, { size }]) => [label, size])),
      },
      {
        name: "queues: acked, and not received again",
        of: "queues: ack",
        counts: async (labels) =>
          new Map(
            labels.map((label) => {
              const ack = acks.get(label);
              if (ack?.acknowledged === undefined) return [label, 0];
              const { acknowledged, message } = ack;
              const again = received.some(({ id, at }) => id === message.id && at > acknowledged);
              return [label, again ? 0 : 1];
            }),
          ),
      },
    ],
  };
}
