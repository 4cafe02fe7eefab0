// What each operation of histories costs at most, as their documentation states it.

import type { History } from "../../lib/lists/index.ts";
import type { CostRow } from "../support/costs.ts";

export const HISTORY: readonly CostRow<History>[] = [
  { operation: "`push`", trips: 1, commands: 4, run: (history) => history.push("ada", "item") },
  {
    operation: "`push`, the 101st item",
    trips: 1,
    commands: 4,
    before: (history) => Promise.all(Array.from({ length: 100 }, (_, i) => history.push("ada", `item ${i}`))),
    run: (history) => history.push("ada", "item"),
  },
  {
    operation: "`list`",
    trips: 1,
    commands: 1,
    before: (history) => history.push("ada", "item"),
    run: (history) => history.list("ada"),
  },
];
