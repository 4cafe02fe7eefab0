import type { Pattern, Stage } from "../types.ts";
import { cachePattern } from "./cache.ts";
import { configsPattern } from "./configs.ts";
import { countersPattern } from "./counters.ts";
import { eventsPattern } from "./events.ts";
import { leaderboardsPattern } from "./leaderboards.ts";
import { limitsPattern } from "./limits.ts";
import { queuesPattern } from "./queues.ts";
import { sessionsPattern } from "./sessions.ts";
import { setsPattern } from "./sets.ts";
import { tokensPattern } from "./tokens.ts";

export const ALL_PATTERNS: readonly ((stage: Stage) => Pattern)[] = [
  cachePattern,
  sessionsPattern,
  limitsPattern,
  countersPattern,
  leaderboardsPattern,
  setsPattern,
  queuesPattern,
  configsPattern,
  tokensPattern,
  eventsPattern,
];
