// What is old goes from the logs.

import type { Services } from "../services.ts";

/** Steps of 100 families each. What is left after so many is bounded by its size alone. */
const MOST_STEPS = 10;

/**
 * Trims what was published more than 7 days ago and all living subscriptions have seen, in at most 1,000 families that have such events.
 * @throws RedisUnavailableError: what was trimmed until then is
 * Cost: 3 trips, 4 commands and 4 for each family that there is something to trim of; for each 100 families more 2 trips more.
 */
export async function trimLogs({
  events,
  subscriptions,
}: Pick<Services, "events" | "subscriptions">): Promise<void> {
  const seen = await subscriptions.seen();
  let cursor: string | null = "";
  for (let step = 0; cursor !== null && step < MOST_STEPS; step += 1) {
    ({ next: cursor } = await events.trim({ seen, cursor }));
  }
}
