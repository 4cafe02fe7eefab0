export { SUBSCRIPTION_SCRIPTS } from "./scripts.ts";
export { createSubscriptions } from "./subscriptions.ts";
export type * from "./types.ts";
