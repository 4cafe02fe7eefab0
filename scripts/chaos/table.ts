// What happened, in rows: how often, and how long others waited meanwhile.

export interface Row {
  readonly name: string;
  readonly count: number;
  readonly failed: number;
  /** Milliseconds of others' answers. */
  readonly took: readonly number[];
}

const WIDTHS = [26, 10, 8, 14, 14] as const;

const ms = (milliseconds: number): string => `${milliseconds.toFixed(1)} ms`;

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

export function createTable() {
  const rows = new Map<string, { count: number; failed: number; took: number[] }>();

  return {
    add({ name, count, failed, took }: Row): void {
      const row = rows.get(name) ?? { count: 0, failed: 0, took: [] };
      row.count += count;
      row.failed += failed;
      row.took.push(...took);
      rows.set(name, row);
    },
    /** The longest wait of anybody else, in milliseconds. */
    worst: (): number => [...rows.values()].flatMap(({ took }) => took).reduce((a, b) => Math.max(a, b), 0),
    tell(): string {
      const cells = [...rows].map(([name, { count, failed, took }]) => {
        const sorted = took.toSorted((a, b) => a - b);
        return [name, String(count), String(failed), ms(percentile(sorted, 0.5)), ms(sorted.at(-1) ?? 0)];
      });
      const head = ["", "count", "wrong", "others: median", "longest"];
      return [head, ...cells]
        .map((line) =>
          line
            .map((cell, i) => (i === 0 ? cell.padEnd(WIDTHS[i]) : cell.padStart((WIDTHS[i] ?? 0) + 2)))
            .join(""),
        )
        .join("\n");
    },
  };
}
