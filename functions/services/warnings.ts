// What the patterns tell of faults they bore, as log lines.

import { RedisUnavailableError } from "../../lib/errors.ts";
import type { Log } from "../log.ts";

/** What a pattern tells: a cache's, sessions' or limits' event. */
interface PatternEvent {
  readonly type: string;
  readonly error?: unknown;
}

/** @returns what hears one pattern's events. @param event the log lines' name for them */
export function warnings(log: Log): (event: string) => (told: PatternEvent) => void {
  return (event) => (told) => {
    if (isBreakerOpen(told)) return;
    const { type, ...members } = told;
    // The event's members, without the two that a log line has itself.
    log({ level: "warn", event, kind: type, ...members });
  };
}

/** Of a Redis that is away, the requests that found it so are logged, not all those that were not sent since. */
const isBreakerOpen = ({ error }: PatternEvent): boolean =>
  error instanceof RedisUnavailableError && error.reason === "breaker-open";
