// What each operation of configs costs at most, as their documentation states it.

import type { Configs } from "../../lib/hashes/index.ts";
import type { CostRow } from "../support/costs.ts";

const before = (configs: Configs) => configs.update("shop", { a: 1, b: 2 });

export const CONFIG: readonly CostRow<Configs>[] = [
  { operation: "`get`", trips: 1, commands: 1, before, run: (configs) => configs.get("shop") },
  {
    operation: "`update`, fields set and removed",
    trips: 1,
    commands: 4,
    before,
    run: (configs) => configs.update("shop", { a: 2, b: null }),
  },
  {
    operation: "`update`, for the present version",
    trips: 1,
    commands: 4,
    before,
    run: (configs) => configs.update("shop", { a: 2 }, { expected: 1 }),
  },
  {
    operation: "`update`, for another version",
    trips: 1,
    commands: 4,
    before,
    run: (configs) => configs.update("shop", { a: 2 }, { expected: 7 }),
  },
];
