// From what was taken and read to what there is to do.

import type { Redis } from "../../redis/index.ts";
import { createMatcher } from "../glob.ts";
import type { Look } from "../look.ts";
import type { SubscriptionKeys } from "../subscriptions/keys.ts";
import { positionIn } from "../subscriptions/positions.ts";
import type { Passed } from "./commit.ts";
import { createReading, type Reading } from "./reading.ts";
import { createRoom, type Room } from "./room.ts";
import { createServed, type Served } from "./served.ts";
import type { Survey } from "./survey.ts";
import { lanesOf, type Taken } from "./take.ts";
import { createWork } from "./work.ts";

/** When to look again after a subscriber in code that this version does not know, but another may. */
const UNKNOWN_MS = 3_600_000;

export interface PrepareOptions {
  readonly redis: Redis;
  readonly keys: SubscriptionKeys;
  readonly seen: Survey;
  readonly taken: readonly Taken[];
  readonly looks: readonly Look[];
  readonly random: () => number;
}

export interface Prepared {
  /** Those with something to deliver or to write down. */
  readonly served: readonly Served[];
  /** Those that only move on. */
  readonly passed: readonly Passed[];
}

/** Cost: nothing; where events with keys are pending, 1 trip, and 1 command for each subscription. */
export async function prepare(options: PrepareOptions): Promise<Prepared> {
  const room = createRoom();
  const all = await Promise.all(options.taken.map((taken) => prepareOne(options, taken, room)));
  return {
    served: all.flatMap((each) => ("work" in each ? [each] : [])),
    passed: all.flatMap((each) => ("work" in each ? [] : [each])),
  };
}

async function prepareOne(
  options: PrepareOptions,
  { claim, retries }: Taken,
  room: Room,
): Promise<Served | Passed> {
  const { redis, keys, seen, looks, random } = options;
  const { id, standing, definition, subscriber, text } = claim;
  // What nothing is known of was deleted.
  if (standing === null)
    return { id, progress: "", again: seen.progress.has(id) ? seen.at + UNKNOWN_MS : null };
  // Should it have become active meanwhile, it is to be looked at.
  if (definition !== null && definition.status !== "active") return { id, progress: "", again: seen.at };

  const matches = createMatcher(standing.pattern);
  const readings = claim.reads.flatMap(({ family, read }): Reading[] => {
    const look = looks[read];
    const done = standing.progress.done.get(family) ?? [];
    return look === undefined ? [] : [createReading(look, positionIn(standing, family), done, matches)];
  });
  const events = [...retries.due.map(({ event }) => event), ...readings.flatMap((reading) => reading.events)];
  const work = createWork({
    progress: standing.progress,
    readings,
    retries: retries.due,
    pending: retries.pending,
    lanes: retries.pending > 0 ? await lanesOf({ redis, keys }, id, events) : new Map(),
    partly: claim.partly || retries.more,
    room,
    random,
    at: seen.at,
  });
  // Those with something pending go back to when that is due, which only a commit of their own knows.
  if (!work.isDone || work.hasChanges || retries.pending > 0) {
    return createServed({ id, work, subscriber, text });
  }
  const again = work.again(seen.at);
  const { progress } = work.take();
  return { id, progress: progress === seen.progress.get(id) ? "" : progress, again };
}
