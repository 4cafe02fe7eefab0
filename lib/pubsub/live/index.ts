export { createLive } from "./live.ts";
export type * from "./types.ts";
