// What each operation of the log costs at most, as its documentation states it.

import {
  createEventLog,
  createReadTokens,
  type EventLog,
  type EventLogOptions,
  type ReadTokens,
} from "../../lib/pubsub/index.ts";
import type { CostContext, CostRow } from "../support/costs.ts";

interface PubSub {
  readonly log: EventLog;
  readonly tokens: ReadTokens;
}

type Options = Pick<EventLogOptions, "maxEvents">;

export function openPubSub({ redis, prefix, now, options }: CostContext<Options>): PubSub {
  return {
    log: createEventLog({ redis, prefix, now, ...options }),
    tokens: createReadTokens({ redis, prefix, now }),
  };
}

/** Publishes so many events at once, one after the other over the channels. */
async function publish(log: EventLog, count: number, ...channels: readonly string[]): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, (_, i) => log.publish(channels[i % channels.length] ?? "", i)),
  );
}

const once = { idempotencyKey: "k" };

export const PUBSUB: readonly CostRow<PubSub, unknown, Options>[] = [
  {
    operation: "`publish`",
    trips: 1,
    commands: 15,
    before: ({ log }) => log.publish("user:1", 1),
    run: ({ log }) => log.publish("user:1", { a: 1 }, { type: "t", key: "k" }),
  },
  {
    operation: "`publish`, with an idempotency key",
    trips: 1,
    commands: 15,
    run: ({ log }) => log.publish("user:1", 1, once),
  },
  {
    operation: "`publish`, repeated",
    trips: 1,
    commands: 15,
    before: ({ log }) => log.publish("user:1", 1, once),
    run: ({ log }) => log.publish("user:1", 1, once),
  },
  {
    operation: "`publish`, with an idempotency key, the 256th of a family that is full",
    trips: 1,
    commands: 15,
    options: { maxEvents: 10 },
    before: ({ log }) => publish(log, 255, "user:1"),
    run: ({ log }) => log.publish("user:1", 1, once),
  },
  {
    operation: "`read`, 100 events of a channel",
    trips: 1,
    commands: 14,
    before: ({ log }) => publish(log, 150, "user:1"),
    run: ({ log }) => log.read("user:1"),
  },
  {
    operation: "`read`, one among 250 events of its family",
    trips: 1,
    commands: 14,
    before: async ({ log }) => {
      await log.publish("user:1", 1);
      await publish(log, 250, "user:2");
    },
    run: ({ log }) => log.read("user:1"),
  },
  {
    operation: "`read`, a pattern over 20 families with new events, of 40",
    trips: 2,
    commands: 44,
    before: async ({ log }) => {
      await publish(log, 40, ...Array.from({ length: 40 }, (_, i) => `old${i}:x`));
      const after = await log.end();
      await publish(log, 40, ...Array.from({ length: 20 }, (_, i) => `new${i}:x`));
      return after;
    },
    run: ({ log }, after) => log.read("*", { after: String(after) }),
  },
  { operation: "`end`", trips: 1, commands: 1, run: ({ log }) => log.end() },
  {
    operation: "`trim`, 10 families",
    trips: 2,
    commands: 42,
    laterSeconds: 30 * 86_400,
    before: ({ log }) => publish(log, 50, ...Array.from({ length: 10 }, (_, i) => `f${i}:x`)),
    run: ({ log }) => log.trim({ seen: () => undefined }),
  },
  { operation: "`readTokens.issue`", trips: 1, commands: 1, run: ({ tokens }) => tokens.issue("user:*") },
  {
    operation: "`readTokens.permits`",
    trips: 1,
    commands: 1,
    before: ({ tokens }) => tokens.issue("user:*"),
    run: ({ tokens }, issued) => tokens.permits((issued as { token: string }).token, "user:1"),
  },
];
