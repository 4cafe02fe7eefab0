export { createDispatcher } from "./dispatcher.ts";
export { DISPATCH_SCRIPTS } from "./scripts.ts";
export type * from "./types.ts";
