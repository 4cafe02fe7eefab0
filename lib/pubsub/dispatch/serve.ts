// Delivering: who is next, and how many at a time.

import { attempt } from "./attempt.ts";
import type { Budget } from "./budget.ts";
import type { Committer } from "./committer.ts";
import type { Served } from "./served.ts";
import type { Deliver, DispatchNotice } from "./types.ts";
import type { Item } from "./work.ts";

/** Deliveries at a time. A Worker may wait for six answers; one is for Redis. */
const MAX_IN_FLIGHT = 5;
/** Of these, for one subscription, as long as there are others; and for all together whose last attempt has failed. */
const MAX_FOR_ONE = 2;
const MAX_FAILING = 2;

export interface ServeOptions {
  readonly served: readonly Served[];
  readonly committer: Committer;
  readonly budget: Budget;
  /** When the lease on them ends, in milliseconds since 1970. */
  readonly until: number;
  readonly deliver: Deliver;
  readonly deliveryTimeoutMs: number;
  readonly now: () => number;
  readonly notify: (notice: DispatchNotice) => void;
  readonly count: (what: "delivered" | "failed" | "dead") => void;
}

/** Delivers all that may be delivered, and returns when the last delivery is over. Throws nothing. */
export async function serve(options: ServeOptions): Promise<void> {
  const { served, committer, budget, until, deliver, deliveryTimeoutMs, now, notify, count } = options;
  let turns = [...served];
  const running = new Set<Promise<void>>();

  /** Who has the fewest under way is next; of these who has waited longest. */
  function next(): { each: Served; item: Item } | null {
    turns = turns.filter((each) => !each.isDone);
    const most = turns.length > 1 ? MAX_FOR_ONE : MAX_IN_FLIGHT;
    const failing = turns.reduce((sum, { work, inFlight }) => sum + (work.isFailing ? inFlight : 0), 0);
    for (const each of turns.toSorted((a, b) => a.inFlight - b.inFlight)) {
      if (each.inFlight >= most || (each.work.isFailing && failing >= MAX_FAILING)) continue;
      const item = each.next();
      if (item === null) continue;
      turns = [...turns.filter((other) => other !== each), each];
      return { each, item };
    }
    return null;
  }

  async function run(each: Served, item: Item): Promise<void> {
    const { id, subscriber } = each;
    const { event } = item;
    each.inFlight += 1;
    const end = budget.begin();
    const startedAt = now();
    const delivery = await attempt({
      id,
      subscriber,
      definition: each.definition,
      event,
      attempt: item.attempts + 1,
      deliver,
      timeoutMs: deliveryTimeoutMs,
      now,
      onThrown: (error) => notify({ type: "threw", subscription: id, event: event.id, error }),
    });
    each.inFlight -= 1;
    end();
    count(delivery.kind === "delivered" ? "delivered" : "failed");
    if (each.isOver) return;

    const settled = each.work.settle(item, { delivery, startedAt, endedAt: now() }, each.definition);
    if (settled.dead) {
      count("dead");
      notify({ type: "dead", subscription: id, event: event.id, status: delivery.status });
    }
    if (settled.disable !== null && each.disabled === null) {
      each.disable();
      notify({ type: "disabled", subscription: id, reason: settled.disable });
    }
    committer.outcome();
  }

  for (;;) {
    while (running.size < MAX_IN_FLIGHT && committer.obstacle === null && budget.allowsDelivery(until)) {
      const turn = next();
      if (turn === null) break;
      const delivery = run(turn.each, turn.item).finally(() => running.delete(delivery));
      running.add(delivery);
    }
    const { obstacle } = committer;
    if (obstacle !== null) await obstacle;
    else if (running.size > 0) await Promise.race(running);
    else return;
  }
}
