// Configs by compare-and-set: each update is for the version that was read.

import { createConfigs } from "../../../lib/hashes/index.ts";
import { TRIP_MS, type Label, type Pattern, type Stage } from "../types.ts";

const CONFIGS = 6;
/** A config has 128 fields at most: then the next one is begun. */
const FIELDS = 100;

const nameOf = (label: Label): string => `${label % CONFIGS}-${Math.floor(label / CONFIGS / FIELDS)}`;
const fieldOf = (label: Label): string => `field-${label}`;

export function configsPattern({ isolate, patient, prefix }: Stage): Pattern {
  const { open } = isolate();
  const faults: string[] = [];

  return {
    operations: [
      {
        name: "configs: compare and set",
        boundMs: 2 * TRIP_MS,
        run: async (label) => {
          const configs = createConfigs({ redis: open(), prefix });
          const expected = (await configs.get(nameOf(label)))?.version ?? 0;
          const { kind } = await configs.update(nameOf(label), { [fieldOf(label)]: label }, { expected });
          return kind === "updated" ? "acknowledged" : kind;
        },
      },
    ],
    effects: [
      {
        name: "configs: set",
        of: "configs: compare and set",
        counts: async (labels) => {
          const configs = createConfigs({ redis: patient, prefix });
          const found = new Map<Label, number>();
          for (const name of new Set(labels.map(nameOf))) {
            const { version, values } = (await configs.get(name)) ?? { version: 0, values: {} };
            const there = labels.filter(
              (label) => nameOf(label) === name && values[fieldOf(label)] === label,
            );
            for (const label of there) found.set(label, 1);
            // Each update has brought one field.
            if (version !== there.length)
              faults.push(`${name}: version ${version} of ${there.length} updates`);
          }
          return found;
        },
        faults: () => faults,
      },
    ],
  };
}
