export { createIdempotency } from "./idempotency.ts";
export { IDEMPOTENCY_SCRIPTS } from "./scripts.ts";
export type * from "./types.ts";
