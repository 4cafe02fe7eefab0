// What a run came to, as tables.

import type { KeyCount } from "./keys.ts";
import type { Mailbox } from "./mailbox.ts";
import type { Growth } from "./memory.ts";

type Row = readonly (string | number)[];

/** The first column to the left, the others to the right. */
function table(head: Row, rows: readonly Row[]): string {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join("  "),
    )
    .join("\n");
}

/** The nearest rank. */
const percentile = (sorted: readonly number[], share: number): string =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]?.toFixed(1) ?? "-";

export function timingTable(timings: ReadonlyMap<string, readonly number[]>): string {
  const rows = [...timings].map(([operation, times]) => {
    const sorted = times.toSorted((a, b) => a - b);
    return [operation, sorted.length, percentile(sorted, 0.5), percentile(sorted, 0.99)];
  });
  return table(["operation", "calls", "median ms", "p99 ms"], rows);
}

export const keyTable = (counts: readonly KeyCount[]): string =>
  table(
    ["keys", "left", "at most"],
    counts.map(({ kind, keys, most }) => [kind, keys, most]),
  );

export const memoryTable = (growth: readonly Growth[]): string =>
  table(
    ["resident memory, MiB", "first", "last", "a minute", "by the line", "allowed"],
    growth.map(({ process, firstMib, lastMib, mibPerMinute, growthMib, allowedMib }) => [
      process,
      ...[firstMib, lastMib].map((mib) => mib.toFixed(1)),
      mibPerMinute.toFixed(2),
      ...[growthMib, allowedMib].map((mib) => mib.toFixed(1)),
    ]),
  );

export function messageLines({ published, delivered, seen, sent, handled }: Mailbox): string {
  const attempts = [...delivered.values()].reduce((sum, times) => sum + times, 0);
  return `${published.size} events, ${attempts} times accepted by the webhook, ${seen.length} times seen live
${sent.size} messages of queues, ${handled.size} of them handled`;
}
