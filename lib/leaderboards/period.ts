// When a day, a week and a month begin in UTC. Pure: no clock.

import type { Period } from "./types.ts";

const DAY_MS = 86_400_000;

/**
 * The beginning of the period a moment is in, or of one so many periods later or (negative) earlier.
 * A week is ISO 8601's: it begins on Monday.
 */
export function startOf(period: Period, at: number, later = 0): number {
  const date = new Date(at);
  if (period === "month") return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later);
  const day = Math.floor(at / DAY_MS);
  if (period === "day") return (day + later) * DAY_MS;
  // 1970 began on a Thursday: day −3 was a Monday.
  return (Math.floor((day + 3) / 7 + later) * 7 - 3) * DAY_MS;
}
