// What each operation of subscriptions and of the dispatcher costs at most, as their documentation states it.

import {
  createDispatcher,
  createEventLog,
  createSubscriptions,
  type Delivery,
  type Dispatcher,
  type EventLog,
  type Subscriptions,
} from "../../lib/pubsub/index.ts";
import type { CostContext, CostRow } from "../support/costs.ts";

interface Dispatching {
  readonly log: EventLog;
  readonly subscriptions: Subscriptions;
  /** With a receiver that answers so. */
  readonly dispatcher: (answer: Delivery) => Dispatcher;
}

const OK: Delivery = { kind: "delivered", status: 200 };
const FAILED: Delivery = { kind: "failed", status: 500, error: "answered 500" };

export function openDispatching({ redis, prefix, now }: CostContext<unknown>): Dispatching {
  return {
    log: createEventLog({ redis, prefix, now }),
    subscriptions: createSubscriptions({ redis, prefix, now }),
    dispatcher: (answer) =>
      createDispatcher({
        redis,
        prefix,
        now,
        random: () => 0,
        subrequests: 1_000,
        deliver: () => Promise.resolve(answer),
      }),
  };
}

const webhook = { pattern: "user:*", url: "https://receiver.example/", secret: "s" };

async function subscribe({ subscriptions }: Dispatching, pattern = "user:*"): Promise<string> {
  const created = await subscriptions.create({ ...webhook, pattern });
  return created.kind === "created" ? created.subscription.id : "";
}

/** A subscription that nothing is due for. */
async function quiet(of: Dispatching, pattern?: string): Promise<string> {
  const id = await subscribe(of, pattern);
  await of.log.publish("user:1", 0);
  await of.dispatcher(OK).run();
  return id;
}

/** The same, and then so many events, each with a key of its own. */
async function quietThen(of: Dispatching, events: number, pattern?: string): Promise<string> {
  const id = await quiet(of, pattern);
  const keys = Array.from({ length: events }, (_, i) => `k${i}`);
  await Promise.all(keys.map((key) => of.log.publish("user:1", null, { key })));
  return id;
}

export const DISPATCHING: readonly CostRow<Dispatching, string>[] = [
  { operation: "`create`", trips: 2, commands: 8, run: (of) => subscribe(of) },
  {
    operation: "`list`, 1 subscription without dead letters",
    trips: 1,
    commands: 4,
    before: (of) => quiet(of),
    run: ({ subscriptions }) => subscriptions.list(),
  },
  {
    operation: "`get`",
    trips: 1,
    commands: 5,
    before: (of) => quiet(of),
    run: ({ subscriptions }, id) => subscriptions.get(id),
  },
  {
    operation: "`update`",
    trips: 2,
    commands: 5,
    before: (of) => quiet(of),
    run: ({ subscriptions }, id) => subscriptions.update(id, { status: "paused" }),
  },
  {
    operation: "`remove`",
    trips: 1,
    commands: 6,
    before: (of) => quiet(of),
    run: ({ subscriptions }, id) => subscriptions.remove(id),
  },
  {
    operation: "`deliveries`",
    trips: 1,
    commands: 2,
    before: (of) => quiet(of),
    run: ({ subscriptions }, id) => subscriptions.deliveries(id),
  },
  {
    operation: "`dead`",
    trips: 1,
    commands: 3,
    before: (of) => quiet(of),
    run: ({ subscriptions }, id) => subscriptions.dead(id),
  },
  {
    operation: "`replay`, fewer than 10 dead letters",
    trips: 1,
    commands: 8,
    before: (of) => quiet(of),
    run: ({ subscriptions }, id) => subscriptions.replay(id),
  },
  {
    operation: "`seen`",
    trips: 1,
    commands: 4,
    before: (of) => quiet(of),
    run: ({ subscriptions }) => subscriptions.seen(),
  },
  {
    operation: "a dispatch with nothing to do",
    trips: 1,
    commands: 2,
    before: (of) => quiet(of),
    run: ({ dispatcher }) => dispatcher(OK).run(),
  },
  {
    operation: "a dispatch of 1 event to 1 subscription",
    trips: 3,
    commands: 28,
    before: (of) => quietThen(of, 1),
    run: ({ dispatcher }) => dispatcher(OK).run(),
  },
  {
    operation: "the same, when the delivery fails",
    trips: 3,
    commands: 31,
    before: (of) => quietThen(of, 1),
    run: ({ dispatcher }) => dispatcher(FAILED).run(),
  },
  {
    operation: "a dispatch of its retry",
    trips: 4,
    commands: 32,
    laterSeconds: 2,
    before: async (of) => {
      const id = await quietThen(of, 1);
      await of.dispatcher(FAILED).run();
      return id;
    },
    run: ({ dispatcher }) => dispatcher(OK).run(),
  },
  {
    operation: "a dispatch of 1 event to 10 subscriptions",
    trips: 4,
    commands: 118,
    before: async (of) => {
      await Promise.all(Array.from({ length: 9 }, () => subscribe(of)));
      return quietThen(of, 1);
    },
    run: ({ dispatcher }) => dispatcher(OK).run(),
  },
  {
    operation: "a dispatch of 1 event that is none of 10 subscriptions'",
    trips: 3,
    commands: 27,
    before: async (of) => {
      await Promise.all(Array.from({ length: 9 }, () => subscribe(of, "user:2")));
      return quietThen(of, 1, "user:2");
    },
    run: ({ dispatcher }) => dispatcher(OK).run(),
  },
  {
    operation: "a dispatch of 100 events to 1 subscription",
    trips: 23,
    commands: 148,
    before: (of) => quietThen(of, 100),
    run: ({ dispatcher }) => dispatcher(OK).run(),
  },
];
