// One round: look, take, deliver, give back.

import { randomId } from "../../random.ts";
import type { Redis } from "../../redis/index.ts";
import type { SubscriptionKeys } from "../subscriptions/keys.ts";
import type { Subscriber } from "../subscriptions/types.ts";
import type { Budget } from "./budget.ts";
import { pass } from "./commit.ts";
import { createCommitter } from "./committer.ts";
import { candidatesOf, planOf } from "./plan.ts";
import { prepare } from "./prepare.ts";
import { serve } from "./serve.ts";
import { survey } from "./survey.ts";
import { take } from "./take.ts";
import type { Deliver, DispatchNotice, Report } from "./types.ts";

/** What a run counts. */
export type Count = (what: Exclude<keyof Report, "more">, by?: number) => void;

export interface RoundOptions {
  readonly redis: Redis;
  readonly keys: SubscriptionKeys;
  readonly subscribers: ReadonlyMap<string, Subscriber>;
  readonly deliver: Deliver;
  readonly leaseMs: number;
  readonly deliveryTimeoutMs: number;
  readonly now: () => number;
  readonly random: () => number;
  readonly notify: (notice: DispatchNotice) => void;
  readonly count: Count;
  readonly budget: Budget;
}

/**
 * @returns whether another round would find more to do
 * @throws RedisUnavailableError, RedisCommandError, when all that had begun is over
 */
export async function round(options: RoundOptions): Promise<boolean> {
  const { redis, keys, subscribers, leaseMs, now, random, notify, count, budget } = options;
  const at = now();
  const seen = await survey(redis, keys, at);
  if (seen === null) return false;

  const candidates = candidatesOf(seen, { subscribers, leaseMs, random: random() });
  const plan = planOf(candidates, seen, random());
  const fence = randomId();
  const until = at + leaseMs;
  const lease = { text: `${fence} ${until}`, afterwards: `${fence} 0`, until };
  const { taken, looks, moved } = await take({ redis, keys, seen, plan, lease: lease.text, until });
  const { served, passed } = await prepare({ redis, keys, seen, taken, looks, random });
  for (const { id, work } of served) {
    for (const { family, events } of work.missed) {
      count("missed", events);
      notify({ type: "missed", subscription: id, family, events });
    }
  }

  const context = { redis, keys, seen, lease, now };
  const onLost = (subscription: string) => notify({ type: "lease-lost", subscription });
  const committer = createCommitter({ context, served, budget, onLost });
  const passing = pass(context, passed);
  passing.catch(() => budget.stop());
  await serve({ ...options, served, committer, until });
  const [ofPassed, ofServed] = await Promise.allSettled([passing, committer.finish()]);
  if (ofPassed.status === "rejected") throw ofPassed.reason;
  if (ofServed.status === "rejected") throw ofServed.reason;

  // Where nothing has come of this one, nothing will of the next.
  const hasMoved =
    passed.some(({ progress, again }) => progress !== "" || again === null) ||
    served.some(({ work }) => work.hasMoved);
  return moved || (hasMoved && (plan.isPart || ofPassed.value || ofServed.value));
}
