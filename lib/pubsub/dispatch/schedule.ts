// When a failed delivery is tried again, and when it is given up.

import type { Definition } from "../subscriptions/records.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long after an attempt the next one comes. */
const STEPS = [2 * SECOND, 10 * SECOND, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR] as const;

/** Up to so much earlier or later, so that what has failed together does not come again together. */
const JITTER = 0.2;

/** A receiver that has answered nothing but failures for so long is disabled. */
const FAILING_MS = 5 * 24 * HOUR;

/**
 * How long to wait after a failed attempt; null after the last.
 *
 * @param attempt which has failed, 1 for the first
 * @param random from 0 up to 1
 * @param retryAfterSeconds what the receiver has asked for: honoured up to twice the step
 */
export function retryDelay(attempt: number, random: number, retryAfterSeconds = 0): number | null {
  const step = STEPS[attempt - 1];
  if (step === undefined) return null;
  const jittered = step * (1 - JITTER + 2 * JITTER * random);
  return Math.round(Math.max(jittered, Math.min(retryAfterSeconds * SECOND, 2 * step)));
}

/** Whether a receiver has failed for too long. @param failingSince the first failure since its last success */
export const hasFailedTooLong = (
  { activeSince }: Pick<Definition, "activeSince">,
  failingSince: number,
  now: number,
): boolean => now - Math.max(failingSince, activeSince) >= FAILING_MS;
