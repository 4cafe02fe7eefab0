// Cloudflare fires the scheduled function each minute; under wrangler somebody has to.

import { setTimeout as delay } from "node:timers/promises";

export interface CronOptions {
  workerUrl: string;
  everySeconds: number;
  /** Told of each run that failed. */
  report: (problem: string) => void;
  signal: AbortSignal;
  /** Waits that many milliseconds; rejects when the signal aborts. */
  wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

const CRON = "* * * * *";

/**
 * Fires the scheduled function at once and then at every interval, one run at a time, until the signal aborts.
 * A failed run is reported and the next one fired all the same.
 */
export async function runCron({
  workerUrl,
  everySeconds,
  report,
  signal,
  wait = pause,
}: CronOptions): Promise<void> {
  const url = new URL("/cdn-cgi/handler/scheduled", workerUrl);
  url.searchParams.set("cron", CRON);
  while (!signal.aborted) {
    const problem = await fire(url, signal);
    if (signal.aborted) return;
    if (problem !== null) report(problem);
    try {
      await wait(everySeconds * 1000, signal);
    } catch {
      return;
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return delay(ms, undefined, { signal });
}

/** @returns what went wrong, or null */
async function fire(url: URL, signal: AbortSignal): Promise<string | null> {
  try {
    const response = await fetch(url.href, { signal });
    const outcome = await response.text();
    if (response.ok) return null;
    return `The scheduled function failed (${response.status} ${outcome.split("\n", 1)[0]}).`;
  } catch (error) {
    return `The scheduled function could not be fired: ${reason(error)}.`;
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
