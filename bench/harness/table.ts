// What a part of the run found out, and how it stands in a document.

export interface Table {
  readonly title: string;
  /** The first names the rows. */
  readonly columns: readonly string[];
  /** Cells as Markdown; a value by which a peer is ahead is bold. */
  readonly rows: readonly (readonly string[])[];
  /** How to read it, below it. */
  readonly note?: string;
}

export interface Section {
  readonly title: string;
  /** Who takes part and how it was set, as Markdown. */
  readonly text: string;
  readonly tables: readonly Table[];
}

export function renderSection({ title, text, tables }: Section): string {
  return [`## ${title}`, text.trim(), ...tables.map(renderTable)].join("\n\n");
}

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

function renderTable({ title, columns, rows, note }: Table): string {
  const rule = columns.map((_, i) => (i === 0 ? "---" : "---:"));
  const table = [line(columns), line(rule), ...rows.map(line)].join("\n");
  return [`### ${title}`, table, ...(note === undefined ? [] : [note])].join("\n\n");
}
