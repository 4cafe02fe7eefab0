// Subscriptions as they are made, looked at and changed.

import { checkPattern } from "../../keys.ts";
import { randomId } from "../../random.ts";
import { BEGINNING, checkPosition } from "../ids.ts";
import { marksOf, type Mark } from "../heads.ts";
import { LAST } from "../keys.ts";
import { createHistory } from "./history.ts";
import { createSubscriptionKeys } from "./keys.ts";
import { createListing, describe } from "./listing.ts";
import { familiesBehind, startPositions, type Marks } from "./positions.ts";
import {
  definitionOf,
  definitionText,
  NO_PROGRESS,
  progressText,
  type Definition,
  type Secret,
} from "./records.ts";
import { CREATE, NUMBERS, REMOVE, UPDATE } from "./scripts.ts";
import { checkSubscribers } from "./subscribers.ts";
import type { Subscriptions, SubscriptionsOptions, UpdateSubscription } from "./types.ts";

export const MAX_SUBSCRIPTIONS = 1_000;
/** How long a replaced secret signs beside the new one. */
const OVERLAP_MS = 86_400_000;
/** However often it is replaced meanwhile. */
const MAX_SECRETS = 5;

/**
 * Who gets the events of a pattern: webhooks, kept in Redis, beside the subscribers in code.
 *
 * Make one per request, from that request's `redis`: it is cheap.
 *
 * @throws InvalidNameError, RangeError for a prefix or a subscriber in code that is none
 */
export function createSubscriptions({
  redis,
  prefix = "sedge",
  subscribers = [],
  now = Date.now,
}: SubscriptionsOptions): Subscriptions {
  const keys = createSubscriptionKeys(prefix);
  const inCode = checkSubscribers(subscribers);

  /** Gives positions in the middle of logs their numbers: what was before them is neither behind nor missed. */
  async function number(
    after: Map<string, Mark>,
    { pattern, since, heads }: { pattern: string; since: string; heads: Marks },
  ): Promise<void> {
    const families = familiesBehind({ pattern, since, progress: { ...NO_PROGRESS, after } }, heads);
    if (families.length === 0) return;
    const script = { ...NUMBERS, commands: 1 + families.length };
    const numbers = await redis.run<number[]>(script, families.map(keys.log.log), [since]);
    for (const [i, family] of families.entries()) {
      const n = numbers[i] ?? 0;
      if (n > 0) after.set(family, { id: since, n });
    }
  }

  return {
    ...createListing({ redis, keys, inCode }),
    ...createHistory({ redis, keys, inCode, now }),

    async create({ pattern, url, secret, start = "new" }) {
      checkPattern(pattern, "pattern");
      if (start !== "new" && start !== "oldest") checkPosition(start, "start");
      const [heads, trimmed] = await Promise.all([
        marksOf(redis, keys.log.heads),
        marksOf(redis, keys.log.trimmed),
      ]);
      const last = heads.get(LAST)?.id ?? BEGINNING;
      heads.delete(LAST);
      const since = start === "new" ? last : start === "oldest" ? BEGINNING : start;

      const id = randomId();
      const at = now();
      const definition: Definition = {
        status: "active",
        pattern,
        url,
        secrets: [{ secret, until: null }],
        since,
        createdAt: at,
        activeSince: at,
      };
      const after = startPositions(pattern, since, heads, trimmed);
      if (start === since) await number(after, { pattern, since, heads });
      const progress = { ...NO_PROGRESS, after };
      const made = await redis.run<number>(
        CREATE,
        [keys.subscriptions, keys.progress, keys.leases, keys.log.agenda],
        [id, definitionText(definition), progressText(progress), MAX_SUBSCRIPTIONS, at],
      );
      return made === 1 ? { kind: "created", subscription: describe(id, definition) } : { kind: "too-many" };
    },

    async update(id, changes) {
      if (inCode.has(id)) return { kind: "in-code" };
      // Each time around, another's change has come between; there is no end to it only while there is none to theirs.
      for (;;) {
        const text = await redis.send<string | null>((pipeline) => pipeline.hget(keys.subscriptions, id));
        if (text === null) return { kind: "missing" };
        const definition = changed(definitionOf(text), changes, now());
        const written = await redis.run<number>(
          UPDATE,
          [keys.subscriptions, keys.log.agenda],
          [id, text, definitionText(definition), now()],
        );
        if (written === 1) return { kind: "updated", subscription: describe(id, definition) };
      }
    },

    async remove(id) {
      if (inCode.has(id)) return "in-code";
      const was = await redis.run<number>(
        REMOVE,
        [
          keys.subscriptions,
          keys.progress,
          keys.leases,
          keys.log.agenda,
          keys.due(id),
          keys.pending(id),
          keys.lanes(id),
          keys.dead(id),
          keys.attempts(id),
        ],
        [id],
      );
      return was === 1 ? "removed" : "missing";
    },
  };
}

function changed(
  definition: Definition,
  { status, url, secret }: UpdateSubscription,
  at: number,
): Definition {
  const revived = status === "active" && definition.status !== "active";
  return {
    ...definition,
    ...(status !== undefined && { status }),
    ...(url !== undefined && { url }),
    ...(revived && { activeSince: at }),
    ...(secret !== undefined && { secrets: rotated(definition.secrets, secret, at) }),
  };
}

function rotated(secrets: readonly Secret[], secret: string, at: number): Secret[] {
  const kept = secrets
    .filter(({ until }) => until === null || until > at)
    .map(({ secret: old, until }) => ({ secret: old, until: until ?? at + OVERLAP_MS }));
  return [{ secret, until: null }, ...kept].slice(0, MAX_SECRETS);
}
