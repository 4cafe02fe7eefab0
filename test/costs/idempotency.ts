// What idempotency costs at most, as its documentation states it.

import type { Begun, Idempotency } from "../../lib/idempotency/index.ts";
import type { CostRow } from "../support/costs.ts";

const begin = (idempotency: Idempotency) => idempotency.begin(["caller", "/path", "key"], "body");

function first(begun: Begun) {
  if (begun.kind !== "first") throw new Error(`not the first: ${begun.kind}`);
  return begun;
}

const answer = { status: 201, headers: {}, body: "{}" };

export const IDEMPOTENCY_COSTS: readonly CostRow<Idempotency>[] = [
  {
    operation: "a call: `begin` and `finish`",
    trips: 2,
    commands: 10,
    run: async (idempotency) => first(await begin(idempotency)).finish(answer),
  },
  {
    operation: "a call that failed: `begin` and `abandon`",
    trips: 2,
    commands: 8,
    run: async (idempotency) => first(await begin(idempotency)).abandon(),
  },
  {
    operation: "a repeat",
    trips: 1,
    commands: 5,
    before: async (idempotency) => first(await begin(idempotency)).finish(answer),
    run: begin,
  },
];
