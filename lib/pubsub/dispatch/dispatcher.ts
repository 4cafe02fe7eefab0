// The dispatcher: from what was published to who gets it.

import { createSubscriptionKeys } from "../subscriptions/keys.ts";
import { checkSubscribers } from "../subscriptions/subscribers.ts";
import { createBudget } from "./budget.ts";
import { round, type Count } from "./round.ts";
import type { Dispatcher, DispatcherOptions } from "./types.ts";

const RUN_MS = 20_000;

/**
 * Delivers what was published to subscribers in code and to webhooks.
 *
 * A subscription is served by one dispatcher at a time, which holds a lease on it and writes down what it has done under that lease's
 * fence. Several may run at once. What is left undone, by whatever end, stands on the agenda for the next run.
 *
 * @throws InvalidNameError, RangeError for options that are none
 */
export function createDispatcher({
  redis,
  prefix = "sedge",
  subscribers: inCode = [],
  deliver,
  subrequests = 50,
  subrequestsPerDelivery = 1,
  otherSubrequests = () => 0,
  untilMs,
  leaseMs = 30_000,
  deliveryTimeoutMs = 10_000,
  now = Date.now,
  random = Math.random,
  on = () => undefined,
}: DispatcherOptions): Dispatcher {
  const keys = createSubscriptionKeys(prefix);
  const subscribers = checkSubscribers(inCode);
  if (leaseMs <= deliveryTimeoutMs) throw new RangeError("leaseMs must be longer than deliveryTimeoutMs");

  return {
    async run() {
      const report = { delivered: 0, failed: 0, dead: 0, missed: 0 };
      const count: Count = (what, by = 1) => void (report[what] += by);
      const budget = createBudget({
        redis,
        subrequests,
        perDelivery: subrequestsPerDelivery,
        others: otherSubrequests,
        untilMs: untilMs ?? now() + RUN_MS,
        deliveryTimeoutMs,
        now,
      });
      let more = true;
      while (more && budget.allowsRound()) {
        more = await round({
          redis,
          keys,
          subscribers,
          deliver,
          leaseMs,
          deliveryTimeoutMs,
          now,
          random,
          notify: on,
          count,
          budget,
        });
      }
      return { ...report, more };
    },
  };
}
