export { createCounters } from "./counters.ts";
export { COUNTER_SCRIPTS } from "./scripts.ts";
export type * from "./types.ts";
