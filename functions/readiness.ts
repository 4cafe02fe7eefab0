// Whether everything that a request may need is there.

import type { Redis } from "../lib/redis/index.ts";
import type { Database } from "./database/index.ts";
import { lastRunKey } from "./scheduled.ts";

/** The scheduled function runs each minute: so old, and it does not. */
const LATE_SECONDS = 300;
/** How long Redis and D1 may take. */
const BOUND_MS = 1_000;

export interface Readiness {
  readonly ready: boolean;
  readonly redis: "ok" | "unavailable";
  readonly database: "ok" | "unavailable";
  /** "never": it has not run yet, as right after the first deployment. "unknown": Redis, where it stands, is away. */
  readonly scheduled: "ok" | "late" | "never" | "unknown";
  readonly lastScheduledRunAgeSeconds: number | null;
  /** What the deployment must mend: variables and secrets by name, never by value. */
  readonly configuration: readonly string[];
}

export interface ReadinessOptions {
  redis: Redis;
  database: Database;
  prefix: string;
  configuration: readonly string[];
  now?: () => number;
}

/** Looks at all of it at once. Never throws. Cost: 1 trip, 1 command. */
export async function readiness({
  redis,
  database,
  prefix,
  configuration,
  now = Date.now,
}: ReadinessOptions): Promise<Readiness> {
  const [lastRun, ping] = await Promise.all([
    within(redis.send<string | null>((pipeline) => pipeline.get(lastRunKey(prefix)))),
    within(database.ping()),
  ]);
  const age = ageSeconds(lastRun, now());
  const scheduled =
    lastRun === AWAY ? "unknown" : age === null ? "never" : age > LATE_SECONDS ? "late" : "ok";
  return {
    ready: lastRun !== AWAY && ping !== AWAY && scheduled !== "late" && configuration.length === 0,
    redis: lastRun === AWAY ? "unavailable" : "ok",
    database: ping === AWAY ? "unavailable" : "ok",
    scheduled,
    lastScheduledRunAgeSeconds: age,
    configuration,
  };
}

const AWAY: unique symbol = Symbol("no answer in time");

/** What `answer` resolves to, or that it did not, or not in time. */
async function within<T>(answer: Promise<T>): Promise<T | typeof AWAY> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const late = new Promise<typeof AWAY>((resolve) => {
    timer = setTimeout(() => resolve(AWAY), BOUND_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } catch {
    return AWAY;
  } finally {
    clearTimeout(timer);
  }
}

function ageSeconds(lastRun: string | null | typeof AWAY, now: number): number | null {
  if (lastRun === AWAY || lastRun === null) return null;
  const at = Number(lastRun);
  return Number.isFinite(at) ? Math.max(0, Math.floor((now - at) / 1_000)) : null;
}
