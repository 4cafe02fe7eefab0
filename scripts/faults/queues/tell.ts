// What there is to say of runs with queues.

import { tellFaults } from "../tell.ts";
import type { Operation } from "./history.ts";
import type { QueueOutcome } from "./run.ts";

function tellOperation(operation: Operation): string {
  const { kind, by, arrived, begun: _, ...rest } = operation;
  const when = arrived === null ? "never arrived" : `at ${arrived.at}, clock ${arrived.clock}`;
  return `  ${by} ${kind} (${when}): ${JSON.stringify(rest)}`;
}

/** A run that went wrong, with its history, and how to have it again. "" for one that went well. */
export function tellQueueFailure({ seed, faults, violations, history }: QueueOutcome): string {
  if (violations.length === 0) return "";
  const operations = history.operations.toSorted(
    (a, b) => (a.arrived?.at ?? a.begun) - (b.arrived?.at ?? b.begun),
  );
  return [
    `Seed ${seed} (${tellFaults(faults)}), ${history.maxAttempts} attempts:`,
    ...violations.map(({ kind, text }) => `  ${kind}: ${text}`),
    "Calls, as they came to Redis:",
    ...operations.map(tellOperation),
    `Again: npm run faults -- --of queues --seed ${seed} --faults '${JSON.stringify(faults)}'`,
    "",
  ].join("\n");
}

/** How often what has happened. */
export function createQueueTally() {
  let runs = 0;
  let failures = 0;
  const kinds = new Map<string, number>();
  const sums = { sent: 0, received: 0, ended: 0, unheard: 0, stale: 0, deduplicated: 0, dead: 0, unknown: 0 };
  return {
    add({ faults, violations, history, again, stale, deduplicated, dead }: QueueOutcome): void {
      runs += 1;
      if (violations.length > 0) failures += 1;
      for (const kind of new Set(faults.map((fault) => fault.kind)))
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      for (const operation of history.operations) {
        if (operation.kind === "send") sums.sent += operation.messages.length;
        if (operation.kind === "receive") sums.received += operation.taken?.length ?? 0;
        if (Object.values(operation).includes(null)) sums.unknown += 1;
      }
      sums.ended += again.ended;
      sums.unheard += again.unheard;
      sums.stale += stale;
      sums.deduplicated += deduplicated;
      sums.dead += dead;
    },
    get runs() {
      return runs;
    },
    get failures() {
      return failures;
    },
    /** One line for all, one for the faults. */
    tell(): string {
      const { sent, received, ended, unheard, stale, deduplicated, dead, unknown } = sums;
      return [
        `${runs} runs, ${failures} of them wrong: ${sent} messages sent, ${deduplicated} of them known by their dedupIds; ${received} received, ` +
          `${ended} of them again after their visibility and ${unheard} after an answer that nobody heard; ` +
          `${stale} stale receipts refused; ${dead} dead; ${unknown} calls without an answer`,
        [...kinds].map(([kind, count]) => `${kind} ${count}`).join(", "),
      ].join("\n");
    },
  };
}
