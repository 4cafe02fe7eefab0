// What healthy subscriptions lack.

import { compareIds } from "../../lib/pubsub/ids.ts";
import { familyOf, matches } from "./check.ts";
import type { Books, History } from "./history.ts";

/** Events that healthy subscriptions have to get and have not got, of those that are neither gone nor wait for a retry. */
export function outstanding(
  { publishes, listeners, attempts }: History,
  { trimmed, accounts }: Pick<Books, "trimmed" | "accounts">,
): number {
  let events = 0;
  for (const { id, pattern, mustFrom, isHealthy, removed, pauses } of listeners) {
    if (!isHealthy || removed !== null || pauses.some(({ to }) => to === null)) continue;
    const waiting = accounts.find((account) => account.id === id)?.pending ?? [];
    const taken = new Set(waiting);
    for (const { to, event } of attempts) if (to === id) taken.add(event.id);
    events += publishes.filter(
      ({ label, id: event, channel }) =>
        event !== null &&
        label >= mustFrom &&
        matches(pattern, channel) &&
        !taken.has(event) &&
        compareIds(event, trimmed.get(familyOf(channel))?.id ?? "0") > 0,
    ).length;
  }
  return events;
}
