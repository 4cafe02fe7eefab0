// Writing down what was done, by who still holds the lease.

import type { Redis } from "../../redis/index.ts";
import type { SubscriptionKeys } from "../subscriptions/keys.ts";
import { listsOf } from "./changes.ts";
import { COMMIT, PASS } from "./scripts.ts";
import type { Survey } from "./survey.ts";
import type { Work } from "./work.ts";

export interface Lease {
  readonly text: string;
  /** What is left behind. */
  readonly afterwards: string;
  /** When it ends, in milliseconds since 1970. */
  readonly until: number;
}

export interface CommitContext {
  readonly redis: Redis;
  readonly keys: SubscriptionKeys;
  readonly seen: Survey;
  readonly lease: Lease;
  readonly now: () => number;
}

export type Committed =
  /** Another has taken over, or the subscription is gone. Nothing was written. */
  | { readonly kind: "lost" }
  /** @param definition what it is now, as text; "" in code */
  | { readonly kind: "kept"; readonly definition: string }
  /** @param again whether it is to be looked at at once */
  | { readonly kind: "released"; readonly again: boolean };

type Reply = ["lost"] | ["kept", string] | ["released", number];

/**
 * @param release whether it is given back too
 * @param disabled the definition as it was seen, and as it is to be
 * @throws RedisUnavailableError: it may have been written
 *
 * Cost: 1 trip, 4 commands and one for each kind of change, 2 for attempts; 4 more to give it back.
 */
export async function commit(
  { redis, keys, seen, lease, now }: CommitContext,
  id: string,
  work: Work,
  { release, disabled }: { release: boolean; disabled: readonly [string, string] | null },
): Promise<Committed> {
  const at = now();
  const again = release ? work.again(at) : null;
  const { progress, changes } = work.take();
  const lists = listsOf(changes);
  const [, , , , , , letters = [], attempts = []] = lists;
  const commands =
    4 +
    lists.slice(0, 6).filter((list) => list.length > 0).length +
    letters.length / 5 +
    (attempts.length > 0 ? 2 : 0) +
    (disabled === null ? 0 : 1) +
    (release ? 4 : 0);
  const [kind, value] = await redis.run<Reply>(
    { ...COMMIT, commands },
    [
      keys.subscriptions,
      keys.progress,
      keys.leases,
      keys.log.agenda,
      keys.log.heads,
      keys.due(id),
      keys.pending(id),
      keys.lanes(id),
      keys.dead(id),
      keys.attempts(id),
    ],
    [
      id,
      lease.text,
      release ? lease.afterwards : "",
      seen.last,
      at,
      again ?? "",
      progress,
      ...(disabled ?? ["", ""]),
      ...lists.flatMap((list) => [list.length, list].flat()),
    ],
  );
  if (kind === "lost") return { kind };
  return kind === "kept" ? { kind, definition: value } : { kind, again: value === 1 };
}

/** A subscription to give back as it is, but for its position. */
export interface Passed {
  readonly id: string;
  /** As text; "" where it is the same. */
  readonly progress: string;
  /** Milliseconds since 1970; null: when something is due. */
  readonly again: number | null;
}

/**
 * @returns whether one of them is to be looked at at once
 * Cost: 1 trip, 9 commands, however many there are.
 */
export async function pass(
  { redis, keys, seen, lease, now }: CommitContext,
  passed: readonly Passed[],
): Promise<boolean> {
  if (passed.length === 0) return false;
  const again = await redis.run<number>(
    PASS,
    [keys.subscriptions, keys.progress, keys.leases, keys.log.agenda, keys.log.heads],
    [
      lease.text,
      lease.afterwards,
      lease.until,
      seen.last,
      now(),
      ...passed.flatMap((each) => [each.id, each.progress, each.again ?? ""]),
    ],
  );
  return again > 0;
}
