export { createHistory } from "./history.ts";
export { HISTORY_SCRIPTS } from "./scripts.ts";
export type * from "./types.ts";
