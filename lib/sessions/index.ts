export { createSessions } from "./sessions.ts";
export { SESSION_SCRIPTS } from "./scripts.ts";
export type * from "./types.ts";
