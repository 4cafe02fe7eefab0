// Measurements as a table.

import type { RedisUse } from "./answer.ts";

export interface Measurement extends RedisUse {
  /** What it is counted under. */
  group: string;
  milliseconds: number;
}

const HEADINGS = ["", "answers", "p50 ms", "p95 ms", "trips", "commands"] as const;

/**
 * A row for each group, in the order given: how many, the median and 95th percentile of the latency, and Redis trips and
 * commands per answer.
 */
export function report(measurements: readonly Measurement[], groups: readonly string[]): string {
  const rows = groups.map((group) => {
    const members = measurements.filter((measurement) => measurement.group === group);
    return [
      group,
      String(members.length),
      ...(members.length === 0 ? ["-", "-", "-", "-"] : columns(members)),
    ];
  });
  const widths = HEADINGS.map((heading, i) =>
    Math.max(heading.length, ...rows.map((row) => row[i]?.length ?? 0)),
  );
  return [HEADINGS, ...rows]
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join("  "),
    )
    .join("\n");
}

function columns(members: readonly Measurement[]): string[] {
  const latencies = members.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
  return [
    percentile(latencies, 0.5).toFixed(1),
    percentile(latencies, 0.95).toFixed(1),
    mean(members.map(({ trips }) => trips)).toFixed(2),
    mean(members.map(({ commands }) => commands)).toFixed(2),
  ];
}

/** The nearest rank. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
