// Taking subscriptions, together with all that is needed to serve them: one trip, two where events are pending.

import type { Redis } from "../../redis/index.ts";
import { lookBehind, type Look } from "../look.ts";
import type { SubscriptionKeys } from "../subscriptions/keys.ts";
import { laneOf, pendingOf, progressOf, type PendingEvent } from "../subscriptions/records.ts";
import { PAGE, wasLeft, type Claim, type Plan } from "./plan.ts";
import { CLAIM, LOAD } from "./scripts.ts";
import type { Survey } from "./survey.ts";

/** Retries loaded at once for a subscription, and the bytes of those of all; one of each is loaded all the same. */
const RETRIES = 50;
const RETRY_BYTES = 1_048_576;

export interface Retries {
  readonly due: readonly PendingEvent[];
  /** How many events are pending in all. */
  readonly pending: number;
  /** Whether more are due. */
  readonly more: boolean;
}

export interface Taken {
  readonly claim: Claim;
  readonly retries: Retries;
}

export interface TakeOptions {
  readonly redis: Redis;
  readonly keys: SubscriptionKeys;
  readonly seen: Survey;
  readonly plan: Plan;
  readonly lease: string;
  /** When the lease ends. */
  readonly until: number;
}

const NO_RETRIES: Retries = { due: [], pending: 0, more: false };

/**
 * @returns those taken, what was read, and whether something was published since the survey
 *
 * Cost: 1 trip, 7 commands; 3 and one for each log where logs are read; 4 for each subscription with pending events, and 1 for every 10 of them; 1 for
 * each that is taken from a dispatcher that has not given it back.
 */
export async function take(
  options: TakeOptions,
): Promise<{ taken: Taken[]; looks: readonly Look[]; moved: boolean }> {
  const { redis, keys, plan } = options;
  const bytes = Math.floor(RETRY_BYTES / Math.max(1, plan.claims.filter(({ load }) => load).length));
  const [claimed, progress, looks, retries] = await Promise.all([
    claim(options),
    // Behind the claim: who still served one, by a clock that is not this one's, may have got on since the survey.
    Promise.all(
      plan.claims.map(async ({ id, lease }) => (wasLeft(lease) ? null : progressOfOne(options, id))),
    ),
    plan.reads.length === 0 ? [] : lookBehind({ redis, keys: keys.log }, plan.reads, { most: PAGE }),
    Promise.all(
      plan.claims.map(async ({ id, load }) => (load ? loadRetries(options, id, bytes) : NO_RETRIES)),
    ),
  ]);
  const taken = plan.claims.flatMap((each, i) =>
    claimed[i] === 1
      ? [{ claim: withProgress(each, progress[i] ?? null), retries: retries[i] ?? NO_RETRIES }]
      : [],
  );
  return { taken, looks, moved: claimed.at(-1) === 1 };
}

const progressOfOne = ({ redis, keys }: TakeOptions, id: string): Promise<string | null> =>
  redis.send((pipeline) => pipeline.hget(keys.progress, id));

function withProgress(claimed: Claim, text: string | null): Claim {
  const { standing } = claimed;
  if (text === null || standing === null) return claimed;
  return { ...claimed, standing: { ...standing, progress: progressOf(text) } };
}

function claim({ redis, keys, seen, plan, lease, until }: TakeOptions): Promise<number[]> {
  const { claims, later } = plan;
  const wanted = claims.flatMap(({ id, lease: seenLease, called }) => [id, seenLease, called ? 1 : 0]);
  return redis.run<number[]>(
    CLAIM,
    [keys.leases, keys.log.agenda, keys.log.heads],
    [lease, until, seen.at, seen.last, claims.length, ...wanted, ...later],
  );
}

async function loadRetries({ redis, keys, seen }: TakeOptions, id: string, bytes: number): Promise<Retries> {
  const [pending, more, records] = await redis.run<[number, number, string[]]>(
    LOAD,
    [keys.due(id), keys.pending(id)],
    [seen.at, RETRIES, bytes],
  );
  return { due: records.filter((_, i) => i % 2 === 1).map(pendingOf), pending, more: more === 1 };
}

/** The lanes of events, as they are kept. Cost: 1 trip, 1 command; nothing where no event has a key. */
export async function lanesOf(
  { redis, keys }: Pick<TakeOptions, "redis" | "keys">,
  id: string,
  events: readonly Parameters<typeof laneOf>[0][],
): Promise<Map<string, readonly string[]>> {
  const names = [...new Set(events.flatMap((event) => laneOf(event) ?? []))];
  if (names.length === 0) return new Map();
  const lists = await redis.send<(string | null)[]>((pipeline) => pipeline.hmget(keys.lanes(id), ...names));
  return new Map(
    names.flatMap((name, i) => {
      const list = lists[i];
      return list === null || list === undefined ? [] : [[name, list.split(" ")] as const];
    }),
  );
}
