// Counters, each increment under an idempotency key, and tried again where its outcome is unknown.

import { createCounters } from "../../../lib/counters/index.ts";
import { TRIP_MS, type Label, type Pattern, type Stage } from "../types.ts";

const COUNTERS = 12;

const nameOf = (label: Label): string => `visits-${label % COUNTERS}`;

export function countersPattern({ isolate, patient, prefix }: Stage): Pattern {
  const { open } = isolate();
  const increment = (redis = open(), label: Label = 0) =>
    createCounters({ redis, prefix }).increment(nameOf(label), 1, { idempotencyKey: `visit ${label}` });
  const faults: string[] = [];

  return {
    operations: [
      {
        name: "counters: increment",
        boundMs: TRIP_MS,
        repeats: true,
        run: async (label) => {
          await increment(open(), label);
          return "acknowledged";
        },
      },
    ],
    effects: [
      {
        name: "counters: counted",
        of: "counters: increment",
        counts: async (labels) => {
          const names = [...new Set(labels.map(nameOf))];
          const values = await createCounters({ redis: patient, prefix }).getMany(names);
          // A repeat tells whether its key was counted; it is the last, so that it may count what was not.
          const found = new Map(
            await Promise.all(
              labels.map(async (label) => {
                const counted = await increment(patient, label);
                return [label, counted.kind === "counted" && counted.repeated ? 1 : 0] as const;
              }),
            ),
          );
          for (const [i, name] of names.entries()) {
            const keys = labels.filter((label) => nameOf(label) === name && found.get(label) === 1).length;
            if (values[i] !== keys) faults.push(`${name} is ${values[i]}, and ${keys} keys were counted`);
          }
          return found;
        },
        faults: () => faults,
      },
    ],
  };
}
