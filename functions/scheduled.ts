// What runs each minute.

import type { Redis } from "../lib/redis/index.ts";
import type { Log } from "./log.ts";

/** A part of the scheduled function. All begin at once, and one that fails stops no other. */
export interface ScheduledTask {
  readonly name: string;
  run(): Promise<void>;
}

export interface ScheduledOptions {
  tasks: readonly ScheduledTask[];
  log: Log;
}

/**
 * Runs every task. The platform fires at least once each minute, so a task must bear to run twice at a time.
 * @throws AggregateError with what the tasks threw, after each was logged: the run counts as failed then
 */
export async function runScheduled({ tasks, log }: ScheduledOptions): Promise<void> {
  const outcomes = await Promise.allSettled(tasks.map(async (task) => task.run()));
  const errors: unknown[] = [];
  for (const [i, outcome] of outcomes.entries()) {
    if (outcome.status === "fulfilled") continue;
    log({ level: "error", event: "scheduled", task: tasks[i]?.name, error: outcome.reason });
    errors.push(outcome.reason);
  }
  if (errors.length > 0) throw new AggregateError(errors, "scheduled tasks failed");
}

/** Where the time of the last run stands, in milliseconds since 1970. Without a TTL: one key. */
export const lastRunKey = (prefix: string): string => `${prefix}:scheduled:last-run`;

export interface RecordRunOptions {
  redis: Redis;
  prefix: string;
  /** What is to be done once an hour. */
  hourly: () => Promise<void>;
  /** Milliseconds since 1970. `Date.now`. */
  now?: () => number;
}

/**
 * Records the run, for /readyz, and does the hourly work in the first run of each hour: though runs be doubled, late or left out.
 * Cost: 1 trip, 1 command, and once an hour what `hourly` costs.
 */
export function recordRun({ redis, prefix, hourly, now = Date.now }: RecordRunOptions): ScheduledTask {
  return {
    name: "record-run",
    async run() {
      const at = now();
      const before = await redis.send<string | null>((pipeline) =>
        pipeline.set(lastRunKey(prefix), String(at), { get: true }),
      );
      if (before === null || hourOf(Number(before)) !== hourOf(at)) await hourly();
    },
  };
}

const hourOf = (at: number): number => Math.floor(at / 3_600_000);
