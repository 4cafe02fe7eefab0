// A log, its subscriptions and dispatchers on keys of their own, with receivers that do as they are told.

import {
  createDispatcher,
  createEventLog,
  createSubscriptions,
  type ChannelEvent,
  type Delivery,
  type DispatcherOptions,
  type DispatchNotice,
  type EventLogOptions,
  type Subscriber,
} from "../../../../lib/pubsub/index.ts";
import type { Redis } from "../../../../lib/redis/index.ts";
import { createClock, type Clock } from "../../../support/clock.ts";
import { openRedis, type Target } from "../open.ts";

/** An attempt as its receiver saw it. */
export interface Received {
  readonly to: string;
  readonly event: ChannelEvent;
  readonly attempt: number;
  readonly secrets: readonly string[];
}

export type Answer = Delivery | Promise<Delivery>;

export const OK: Delivery = { kind: "delivered", status: 200 };
export const FAILED: Delivery = { kind: "failed", status: 500, error: "answered 500" };
export const GONE: Delivery = { kind: "gone", status: 410 };

/** How webhooks are created here: by the name their URL ends with. */
export const urlOf = (name: string): string => `https://receiver.example/${name}`;

type Answering = (received: Received, signal: AbortSignal) => Answer;
const well: Answering = () => OK;

let rigs = 0;

export function createRig(target: Target, { maxEvents }: Pick<EventLogOptions, "maxEvents"> = {}) {
  rigs += 1;
  const prefix = `${target.prefix}${rigs}`;
  const clock: Clock = createClock();
  const redis = openRedis(target);
  const received: Received[] = [];
  const notices: DispatchNotice[] = [];
  let answer = well;
  const subscribers: Subscriber[] = [];

  const log = createEventLog({
    redis,
    prefix,
    ...(maxEvents !== undefined && { maxEvents }),
    now: clock.now,
  });

  const rig = {
    prefix,
    clock,
    redis,
    log,
    received,
    notices,
    subscribers,
    /** What receivers answer from now on. */
    answers: (as: Answering) => {
      answer = as;
    },
    get subscriptions() {
      return createSubscriptions({ redis, prefix, subscribers, now: clock.now });
    },
    /** Makes a webhook called so; answers its id. */
    async subscribe(pattern: string, { name = pattern, start = "new" } = {}): Promise<string> {
      const url = urlOf(name);
      const created = await rig.subscriptions.create({ pattern, url, secret: `secret of ${name}`, start });
      if (created.kind !== "created") throw new Error(created.kind);
      return created.subscription.id;
    },
    async publish(channel: string, data: unknown = null, key?: string): Promise<string> {
      const published = await log.publish(channel, data, { key });
      if (published.kind !== "published") throw new Error(published.kind);
      return published.id;
    },
    /** Publishes one after the other. */
    async publishAll(channel: string, datas: readonly unknown[], key?: string): Promise<string[]> {
      const ids: string[] = [];
      for (const data of datas) ids.push(await rig.publish(channel, data, key));
      return ids;
    },
    /** What an isolate of its own does in one run. */
    run: (options: Partial<DispatcherOptions> = {}, isolate: Redis = openRedis(target)) =>
      createDispatcher({
        redis: isolate,
        prefix,
        subscribers,
        subrequests: 10_000,
        untilMs: clock.now() + 20_000,
        now: clock.now,
        random: () => 0.5,
        on: (notice) => void notices.push(notice),
        deliver: async ({ url, secrets }, event, { attempt, signal }) => {
          const to = url.slice(url.lastIndexOf("/") + 1);
          const each = { to, event, attempt, secrets };
          received.push(each);
          return answer(each, signal);
        },
        ...options,
      }).run(),
    /** What a receiver got, in order, as the events' data. */
    dataOf: (name: string): unknown[] =>
      received.filter(({ to }) => to === name).map(({ event }) => event.data),
    /** Runs until nothing is due, at this moment of the clock. */
    async drain(options: Partial<DispatcherOptions> = {}): Promise<number> {
      for (let runs = 1; ; runs += 1) {
        const { more } = await rig.run(options);
        if (!more) return runs;
        if (runs === 1_000) throw new Error("there is no end to it");
      }
    },
  };
  return rig;
}

export type Rig = ReturnType<typeof createRig>;

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
