// What each operation of the counters costs at most, as their documentation states it.

import type { Counters } from "../../lib/counters/index.ts";
import type { CostRow } from "../support/costs.ts";

const names = Array.from({ length: 100 }, (_, i) => `n:${i}`);

export const COUNTERS: readonly CostRow<Counters>[] = [
  {
    operation: "`increment`",
    trips: 1,
    commands: 5,
    before: (counters) => counters.increment("n"),
    run: (counters) => counters.increment("n"),
  },
  {
    operation: "`increment`, the first of a day",
    trips: 1,
    commands: 5,
    run: (counters) => counters.increment("n"),
  },
  {
    operation: "`increment`, beyond 2^53 − 1",
    trips: 1,
    commands: 5,
    before: (counters) => counters.increment("n", Number.MAX_SAFE_INTEGER),
    run: (counters) => counters.increment("n"),
  },
  {
    operation: "`increment` with an idempotency key, the first of a day",
    trips: 1,
    commands: 7,
    run: (counters) => counters.increment("n", 1, { idempotencyKey: "k" }),
  },
  {
    operation: "`increment`, repeated",
    trips: 1,
    commands: 7,
    before: (counters) => counters.increment("n", 1, { idempotencyKey: "k" }),
    run: (counters) => counters.increment("n", 1, { idempotencyKey: "k" }),
  },
  { operation: "`get`", trips: 1, commands: 1, run: (counters) => counters.get("n") },
  { operation: "`getMany`, 100 names", trips: 1, commands: 1, run: (counters) => counters.getMany(names) },
  {
    operation: "`series`, 1,440 minutes",
    trips: 1,
    commands: 1,
    before: (counters) => counters.increment("n"),
    run: (counters) => counters.series("n", "minute", 1_440),
  },
  { operation: "`visit`", trips: 1, commands: 2, run: (counters) => counters.visit("n", "v") },
  { operation: "`visitors`", trips: 1, commands: 1, run: (counters) => counters.visitors("n") },
  {
    operation: "`delete`",
    trips: 1,
    commands: 1,
    before: (counters) => counters.increment("n"),
    run: (counters) => counters.delete("n"),
  },
];
