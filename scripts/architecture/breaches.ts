// All rules of the architecture together.

import { importCycles } from "./cycles.ts";
import { bindingsReadElsewhere, defaultExports, longFiles, sqlElsewhere } from "./habits.ts";
import { wrongPackages, wrongWays } from "./rooms.ts";
import type { Source } from "./sources.ts";

/**
 * Where the sources break the architecture: a sentence for each place, and none where all is well.
 * @param dependencies the packages that come with this one
 */
export function findBreaches(sources: readonly Source[], dependencies: readonly string[]): string[] {
  return [
    ...wrongWays(sources),
    ...wrongPackages(sources, dependencies),
    ...importCycles(sources).map((cycle) => `import cycle: ${cycle}`),
    ...bindingsReadElsewhere(sources),
    ...sqlElsewhere(sources),
    ...defaultExports(sources),
    ...longFiles(sources),
  ];
}
