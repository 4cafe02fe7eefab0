// Pub/sub: events are published, dispatched to a subscriber, and seen by a live viewer.

import {
  createDispatcher,
  createEventLog,
  createLive,
  type ChannelEvent,
  type Subscriber,
} from "../../../lib/pubsub/index.ts";
import { TRIP_MS, type Label, type Pattern, type Stage } from "../types.ts";

const CHANNELS = 3;
const KEYS = 5;
const DRAIN_MS = 20_000;
/** One dispatcher that is cut off keeps its lease for so long. */
const LEASE_MS = 3_000;
const DELIVERY_MS = 1_000;
const RUN_MS = 2_000;
const PAUSE_MS = 100;
const PATTERN = "order:*";

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
const channelOf = (label: Label): string => `order:${label % CHANNELS}`;
const laneOf = (label: Label): string => `${channelOf(label)} ${label % KEYS}`;

export function eventsPattern({ isolate, patient, prefix, now }: Stage): Pattern {
  const [publisher, dispatching, viewing] = [isolate(), isolate(), isolate()];
  const calm = createEventLog<Label>({ redis: patient, prefix });
  const published = new Map<Label, number>();
  const delivered: Label[] = [];
  const seen = new Map<Label, number[]>();
  const viewer = new AbortController();
  let watching: Promise<void> = Promise.resolve();

  const subscriber: Subscriber<Label> = {
    name: "orders",
    pattern: PATTERN,
    since: "2020-01-01T00:00:00Z",
    handle: ({ data }) => void delivered.push(data),
  };
  const dispatch = async (redis = dispatching.open()): Promise<void> => {
    const dispatcher = createDispatcher({
      redis,
      prefix,
      subscribers: [subscriber as Subscriber],
      deliver: async () => ({ kind: "delivered", status: null }),
      leaseMs: LEASE_MS,
      deliveryTimeoutMs: DELIVERY_MS,
      untilMs: Date.now() + RUN_MS,
    });
    await dispatcher.run();
  };

  /** As an EventSource: comes back behind the last event, or position, it was told. */
  async function view(): Promise<void> {
    let after = await calm.end();
    while (!viewer.signal.aborted) {
      const redis = viewing.open();
      const log = createEventLog<Label>({ redis, prefix });
      const live = createLive({ redis, log, subscribe: viewing.subscribe, prefix });
      try {
        for await (const item of await live.open(PATTERN, { after, signal: viewer.signal })) {
          if (item.kind === "position") after = item.position;
          if (item.kind !== "event") continue;
          after = item.event.id;
          seen.set(item.event.data, [...(seen.get(item.event.data) ?? []), now()]);
        }
      } catch {
        // Away: it comes back.
      }
      await pause();
    }
  }

  async function all(): Promise<ChannelEvent<Label>[]> {
    const events: ChannelEvent<Label>[] = [];
    for (let after: string | null = "0"; after !== null;) {
      const page = await calm.read(PATTERN, { after });
      events.push(...page.events);
      after = page.next;
    }
    return events;
  }
  const isThere = (label: Label): boolean => delivered.includes(label) && seen.has(label);

  return {
    prepare: async () => {
      watching = view();
    },
    operations: [
      {
        name: "events: publish",
        boundMs: TRIP_MS,
        repeats: true,
        run: async (label) => {
          const log = createEventLog<Label>({ redis: publisher.open(), prefix });
          await log.publish(channelOf(label), label, {
            key: `${label % KEYS}`,
            idempotencyKey: `order ${label}`,
          });
          published.set(label, now());
          return "acknowledged";
        },
      },
      {
        name: "events: dispatch",
        boundMs: RUN_MS + DELIVERY_MS + 3 * TRIP_MS,
        run: async () => {
          await dispatch();
          return "acknowledged";
        },
      },
    ],
    drain: async () => {
      const until = now() + DRAIN_MS;
      for (let left = true; left && now() < until;) {
        await dispatch(patient);
        left = (await all()).some(({ data }) => !isThere(data));
        if (left) await pause();
      }
      viewer.abort();
      await watching;
    },
    effects: [
      {
        name: "events: in the log",
        of: "events: publish",
        counts: async () => numbers((await all()).map(({ data }) => data)),
      },
      {
        name: "events: delivered",
        of: "events: publish",
        mayRepeat: true,
        counts: async () => numbers(delivered),
        faults: () => outOfOrder(delivered),
        remark: () => `${delivered.length - new Set(delivered).size} delivered again`,
      },
      {
        name: "events: seen live",
        of: "events: publish",
        counts: async () => new Map([...seen].map(([label, times]) => [label, times.length])),
        remark: () => {
          const late = [...seen].map(([label, [at = 0]]) => at - (published.get(label) ?? at));
          return `at most ${Math.round(Math.max(0, ...late))} ms late`;
        },
      },
    ],
  };
}

function numbers(labels: readonly Label[]): Map<Label, number> {
  const counts = new Map<Label, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

/** First deliveries of a key come in the order in which they were published; one publisher numbers them. */
function outOfOrder(delivered: readonly Label[]): string[] {
  const last = new Map<string, Label>();
  return [...new Set(delivered)].flatMap((label) => {
    const before = last.get(laneOf(label)) ?? -1;
    last.set(laneOf(label), Math.max(before, label));
    return before > label ? [`${label} was delivered after ${before}`] : [];
  });
}
