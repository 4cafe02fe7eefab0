// Looking at subscriptions: what they are, and how far they have got.

import type { Redis } from "../../redis/index.ts";
import { marksOf } from "../heads.ts";
import { LAST } from "../keys.ts";
import { fieldsOf } from "./fields.ts";
import type { SubscriptionKeys } from "./keys.ts";
import { checkLimit, pageOf } from "./page.ts";
import { lagOf, seenBy, type Marks, type Standing } from "./positions.ts";
import { definitionOf, NO_PROGRESS, progressOf, type Definition } from "./records.ts";
import { standingOf } from "./subscribers.ts";
import type { Subscriber, Subscription, SubscriptionDefinition, Subscriptions } from "./types.ts";

export function describe(
  id: string,
  { pattern, url, status, createdAt }: Definition,
): SubscriptionDefinition {
  return { id, pattern, url, status, createdAt: new Date(createdAt).toISOString() };
}

/** A subscription as it stands; `order` sorts it among the others. */
interface Listed {
  readonly order: string;
  readonly definition: SubscriptionDefinition;
  readonly standing: Standing;
}

/** `order` as it can be: see `listedInCode` and `listedWebhook`. */
const ORDER = /^(0:\d{4}|1:\d{15}:[\w-]{16})$/;

export function createListing({
  redis,
  keys,
  inCode,
}: {
  redis: Redis;
  keys: SubscriptionKeys;
  inCode: ReadonlyMap<string, Subscriber>;
}): Pick<Subscriptions, "list" | "get" | "seen"> {
  async function marks(): Promise<[heads: Marks, trimmed: Marks]> {
    const [heads, trimmed] = await Promise.all([
      marksOf(redis, keys.log.heads),
      marksOf(redis, keys.log.trimmed),
    ]);
    heads.delete(LAST);
    return [heads, trimmed];
  }

  const countDead = (id: string): Promise<number> =>
    redis.send<number>((pipeline) => pipeline.xlen(keys.dead(id)));

  const all = async (key: string): Promise<Map<string, string>> =>
    fieldsOf(await redis.send<string[] | null>((pipeline) => pipeline.hgetall(key)));

  /** All there are, those in code first, then the oldest first. */
  async function everything(): Promise<{ listed: Listed[]; heads: Marks }> {
    const [definitions, progress, [heads, trimmed]] = await Promise.all([
      all(keys.subscriptions),
      all(keys.progress),
      marks(),
    ]);
    const listed = [...inCode.values()].map((subscriber, i) =>
      listedInCode(subscriber, i, progress.get(subscriber.name) ?? null, heads, trimmed),
    );
    for (const [id, text] of definitions) listed.push(listedWebhook(id, text, progress.get(id) ?? null));
    return { listed: listed.toSorted((a, b) => (a.order < b.order ? -1 : 1)), heads };
  }

  return {
    async list({ cursor, limit: most } = {}) {
      const limit = checkLimit(most);
      if (cursor !== undefined && !ORDER.test(cursor)) throw new RangeError("cursor is none of this list");
      const { listed, heads } = await everything();
      const rest = cursor === undefined ? listed : listed.filter(({ order }) => order > cursor);
      const page = pageOf(rest, limit, ({ order }) => order);
      const items = page.items.map(async (each) =>
        numbered(each, heads, each.standing.progress.died > 0 ? await countDead(each.definition.id) : 0),
      );
      return { items: await Promise.all(items), next: page.next };
    },

    async get(id) {
      const [text, progress, [heads, trimmed], dead] = await Promise.all([
        redis.send<string | null>((pipeline) => pipeline.hget(keys.subscriptions, id)),
        redis.send<string | null>((pipeline) => pipeline.hget(keys.progress, id)),
        marks(),
        countDead(id),
      ]);
      const subscriber = inCode.get(id);
      if (subscriber !== undefined) {
        return numbered(listedInCode(subscriber, 0, progress, heads, trimmed), heads, dead);
      }
      return text === null ? null : numbered(listedWebhook(id, text, progress), heads, dead);
    },

    async seen() {
      const { listed } = await everything();
      const living = listed.filter(({ definition }) => definition.status !== "disabled");
      const standings = living.map(({ standing }) => standing);
      return (family) => seenBy(standings, family);
    },
  };
}

function listedInCode(
  subscriber: Subscriber,
  place: number,
  progress: string | null,
  heads: Marks,
  trimmed: Marks,
): Listed {
  const { name, pattern, since } = subscriber;
  return {
    order: `0:${String(place).padStart(4, "0")}`,
    definition: { id: name, pattern, url: null, status: "active", createdAt: new Date(since).toISOString() },
    standing: standingOf(subscriber, progress, heads, trimmed),
  };
}

function listedWebhook(id: string, text: string, progress: string | null): Listed {
  const definition = definitionOf(text);
  const { pattern, since, createdAt } = definition;
  return {
    order: `1:${String(createdAt).padStart(15, "0")}:${id}`,
    definition: describe(id, definition),
    standing: { pattern, since, progress: progress === null ? NO_PROGRESS : progressOf(progress) },
  };
}

function numbered({ definition, standing }: Listed, heads: Marks, dead: number): Subscription {
  const { delivered, failed, missed, lastDeliveryAt } = standing.progress;
  return {
    ...definition,
    lag: lagOf(standing, heads),
    delivered,
    failed,
    dead,
    missed,
    lastDeliveryAt: lastDeliveryAt === null ? null : new Date(lastDeliveryAt).toISOString(),
  };
}
