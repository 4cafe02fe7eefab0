// What Redis says in the end: how each event stands with each subscription.

import { compareIds } from "../../lib/pubsub/ids.ts";
import { LAST } from "../../lib/pubsub/keys.ts";
import { markOf } from "../../lib/pubsub/heads.ts";
import { fieldsOf } from "../../lib/pubsub/subscriptions/fields.ts";
import { createSubscriptionKeys } from "../../lib/pubsub/subscriptions/keys.ts";
import { definitionOf, progressOf, type Progress } from "../../lib/pubsub/subscriptions/records.ts";
import type { Redis } from "../../lib/redis/index.ts";
import { matches } from "./check.ts";
import type { Account, Books, History, Listener } from "./history.ts";

type Entry = readonly [id: string, fields: readonly string[]];

export async function readBooks(
  redis: Redis,
  prefix: string,
  { listeners }: History,
  isOver: boolean,
): Promise<Books> {
  const keys = createSubscriptionKeys(prefix);
  const hash = async (key: string) =>
    fieldsOf(await redis.send<string[]>((pipeline) => pipeline.hgetall(key)));
  const [definitions, progress, heads, trimmed] = await Promise.all([
    hash(keys.subscriptions),
    hash(keys.progress),
    hash(keys.log.heads),
    hash(keys.log.trimmed),
  ]);
  const families = [...heads.keys()].filter((family) => family !== LAST);
  const logs = await Promise.all(
    families.map((family) =>
      redis.send<Entry[]>((pipeline) => pipeline.xrange(keys.log.log(family), "-", "+")),
    ),
  );

  function unread(
    { pattern }: Listener,
    { after, done }: Pick<Progress, "after" | "done">,
    since: string,
  ): string[] {
    return families.flatMap((family, i) => {
      const from = after.get(family)?.id ?? since;
      const settled = new Set(done.get(family));
      return (logs[i] ?? []).flatMap(([id, [, channel = ""]]) =>
        compareIds(id, from) > 0 && !settled.has(id) && matches(pattern, channel) ? [id] : [],
      );
    });
  }

  async function account(listener: Listener): Promise<Account[]> {
    const { id } = listener;
    const [pending, due, lanes, letters] = await Promise.all([
      redis.send<string[]>((pipeline) => pipeline.hkeys(keys.pending(id))),
      redis.send<string[]>((pipeline) => pipeline.zrange(keys.due(id), 0, -1)),
      redis.send<string[]>((pipeline) => pipeline.hvals(keys.lanes(id))),
      redis.send<Entry[]>((pipeline) => pipeline.xrange(keys.dead(id), "-", "+")),
    ]);
    const text = definitions.get(id);
    const kept = progress.get(id);
    if (text === undefined && listener.kind === "webhook") return [];
    const definition = text === undefined ? null : definitionOf(text);
    const { after, done, missed, delivered } =
      kept === undefined ? { after: new Map(), done: new Map(), missed: 0, delivered: 0 } : progressOf(kept);
    const one: Account = {
      id,
      status: definition?.status ?? "active",
      pending,
      reachable: [...new Set([...due, ...lanes.flatMap((list) => list.split(" "))])],
      dead: letters.map(([, fields]) => fields[1] ?? ""),
      unread: unread(listener, { after, done }, definition?.since ?? "0"),
      missed,
      delivered,
    };
    return [one];
  }

  return {
    accounts: (await Promise.all(listeners.map(account))).flat(),
    trimmed: new Map([...trimmed].map(([family, text]) => [family, markOf(text)])),
    isOver,
  };
}

/** When something is due next, besides the hourly look at everything; null: nothing is. */
export async function nextDue(redis: Redis, prefix: string): Promise<number | null> {
  const { agenda } = createSubscriptionKeys(prefix).log;
  const found = await redis.send<string[]>((pipeline) => pipeline.zrange(agenda, 0, 1, { withScores: true }));
  const scores = found.flatMap((member, i) =>
    i % 2 === 0 && member !== LOOK_AGAIN ? [Number(found[i + 1])] : [],
  );
  return scores[0] ?? null;
}

const LOOK_AGAIN = "{look}";
