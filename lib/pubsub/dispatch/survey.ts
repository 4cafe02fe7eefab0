// What there is to do, as Redis says it.

import type { Redis } from "../../redis/index.ts";
import { markOf, type Mark } from "../heads.ts";
import { LAST } from "../keys.ts";
import { fieldsOf } from "../subscriptions/fields.ts";
import type { SubscriptionKeys } from "../subscriptions/keys.ts";
import type { Marks } from "../subscriptions/positions.ts";
import { SURVEY } from "./scripts.ts";

type Fields = readonly string[];
type Reply =
  | readonly []
  | readonly [
      due: Fields,
      subscriptions: Fields,
      progress: Fields,
      leases: Fields,
      heads: Fields,
      trimmed: Fields,
    ];

/** All that decides who is to be served, of one moment. */
export interface Survey {
  /** When it was made, in milliseconds since 1970. */
  readonly at: number;
  /** Members of the agenda that are due → since when. */
  readonly due: ReadonlyMap<string, number>;
  /** Ids → what they are, as text. */
  readonly subscriptions: ReadonlyMap<string, string>;
  readonly progress: ReadonlyMap<string, string>;
  readonly leases: ReadonlyMap<string, string>;
  /** The last id of all, "" where there is none. */
  readonly last: string;
  readonly heads: Marks;
  readonly trimmed: Marks;
}

/** Null where nothing is due. Cost: 1 trip, 7 commands, 2 where nothing is due. */
export async function survey(redis: Redis, keys: SubscriptionKeys, at: number): Promise<Survey | null> {
  const { agenda, heads, trimmed } = keys.log;
  const reply = await redis.run<Reply>(
    SURVEY,
    [agenda, keys.subscriptions, keys.progress, keys.leases, heads, trimmed],
    [at],
  );
  if (reply.length === 0) return null;
  const ends = fieldsOf(reply[4]);
  const last = ends.get(LAST) ?? "";
  ends.delete(LAST);
  return {
    at,
    due: new Map([...fieldsOf(reply[0])].map(([member, score]) => [member, Number(score)])),
    subscriptions: fieldsOf(reply[1]),
    progress: fieldsOf(reply[2]),
    leases: fieldsOf(reply[3]),
    last,
    heads: marksIn(ends),
    trimmed: marksIn(fieldsOf(reply[5])),
  };
}

const marksIn = (fields: ReadonlyMap<string, string>): Map<string, Mark> =>
  new Map([...fields].map(([family, text]) => [family, markOf(text)]));
