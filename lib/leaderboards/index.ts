import { AROUND, PAGE, REMOVE, STANDINGS } from "./read-lua.ts";
import { UPDATE } from "./update-lua.ts";

export { createLeaderboards } from "./leaderboards.ts";
export type * from "./types.ts";

export const LEADERBOARD_SCRIPTS = [UPDATE, PAGE, AROUND, STANDINGS, REMOVE] as const;
