// What there is to say of runs.

import type { Outcome } from "./run.ts";

const told = (fault: { readonly kind: string }): string =>
  Object.entries<unknown>({ ...fault })
    .map(([name, value]) => (name === "kind" ? String(value) : `${name} ${String(value)}`))
    .join(" ");

export const tellFaults = (faults: readonly { readonly kind: string }[]): string =>
  faults.map(told).join(", ");

/** A run that went wrong, with its history, and how to have it again. "" for one that went well. */
export function tellFailure({ seed, faults, violations, history, books }: Outcome): string {
  if (violations.length === 0) return "";
  const { publishes, listeners, runs, attempts } = history;
  return [
    `Seed ${seed} (${tellFaults(faults)}):`,
    ...violations.map(({ kind, text }) => `  ${kind}: ${text}`),
    "Published:",
    ...publishes.map(
      ({ label, channel, key, outcome, id }) => `  ${label} ${channel} ${key ?? "-"} ${outcome} ${id ?? ""}`,
    ),
    "Subscriptions:",
    ...listeners.map((listener) => `  ${JSON.stringify(listener)}`),
    "Deliveries, in their order:",
    ...attempts.map(
      ({ run, to, event, attempt, answer, wasHeard }) =>
        `  run ${run}: ${String(event.data)} (${event.key ?? "-"}) to ${to}, attempt ${attempt}: ${answer}${wasHeard ? "" : ", not heard"}`,
    ),
    "Runs:",
    ...runs.map(
      ({ run, fate, lost }) => `  ${run} ${fate} ${[...lost].map((id) => `lost ${id}`).join(", ")}`,
    ),
    "In the end:",
    ...books.accounts.map((account) => `  ${JSON.stringify(account)}`),
    `Again: npm run faults -- --of pubsub --seed ${seed} --faults '${JSON.stringify(faults)}'`,
    "",
  ].join("\n");
}

/** How often what has happened. */
export function createTally() {
  let runs = 0;
  let failures = 0;
  const kinds = new Map<string, number>();
  const sums = { events: 0, deliveries: 0, repeats: 0, unknown: 0, happened: 0, missed: 0 };
  return {
    add({ faults, violations, history, repeats, unknown, missed }: Outcome): void {
      runs += 1;
      if (violations.length > 0) failures += 1;
      for (const kind of new Set(faults.map((fault) => fault.kind)))
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      sums.events += history.publishes.length;
      sums.deliveries += history.attempts.length;
      sums.repeats += repeats;
      sums.unknown += unknown.all;
      sums.happened += unknown.happened;
      sums.missed += missed;
    },
    get runs() {
      return runs;
    },
    get failures() {
      return failures;
    },
    /** One line for all, one for the faults. */
    tell(): string {
      const { events, deliveries, repeats, unknown, happened, missed } = sums;
      return [
        `${runs} runs, ${failures} of them wrong: ${events} events, ${deliveries} deliveries, ${repeats} of them repeats of what was in flight; ` +
          `${unknown} publishes of unknown outcome, of which ${happened} had happened; ${missed} events trimmed and told`,
        [...kinds].map(([kind, count]) => `${kind} ${count}`).join(", "),
      ].join("\n");
    },
  };
}
