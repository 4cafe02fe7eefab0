// The README's comparison: rows of docs/benchmarks.md, chosen here, and nothing that does not stand there.

import { ROWS, type ComparedRow } from "./compared-rows.ts";

/** How the names of its own rows begin: the first, and those of other settings. */
const SEDGE = "Sedge";

interface PageTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const isOurs = ([name = ""]: readonly string[]): boolean => name.startsWith(SEDGE);

const cellsOf = (line: string): string[] =>
  line
    .slice(1, -1)
    .split("|")
    .map((cell) => cell.trim());

/** The tables of a page, by their titles. */
function tablesIn(page: string): Map<string, PageTable> {
  const tables = new Map<string, PageTable>();
  for (const section of page.split(/^### /m).slice(1)) {
    const [title = "", ...lines] = section.split("\n");
    const [columns = "", , ...rows] = lines.filter((line) => line.startsWith("|"));
    tables.set(title.trim(), { columns: cellsOf(columns), rows: rows.map(cellsOf) });
  }
  return tables;
}

function rowOf(
  tables: ReadonlyMap<string, PageTable>,
  { what, table, columns, without = [] }: ComparedRow,
): string {
  const found = tables.get(table);
  if (found === undefined) throw new Error(`docs/benchmarks.md has no table "${table}"`);
  const at = columns.map((column) => {
    const index = found.columns.indexOf(column);
    if (index < 0) throw new Error(`"${table}" has no column "${column}"`);
    return index;
  });
  const told = (row: readonly string[]): string => {
    const cells = at.map((index) => row[index] ?? "").join(" / ");
    return row[0] === SEDGE ? cells : `${row[0]}: ${cells}`;
  };
  const rows = found.rows.filter(([name = ""]) => !without.some((each) => name.includes(each)));
  const [ours, theirs] = [rows.filter(isOurs), rows.filter((row) => !isOurs(row))];
  return `| ${what} (${columns.join(" / ")}) | ${ours.map(told).join("<br>")} | ${theirs.map(told).join("<br>")} |`;
}

/** The table, as Markdown. @param page docs/benchmarks.md @throws Error where a row's table is not there */
export function comparison(page: string): string {
  const tables = tablesIn(page);
  const rows = ROWS.map((row) => rowOf(tables, row));
  return ["| what | Sedge | peers |", "| --- | --- | --- |", ...rows].join("\n");
}

const BEGIN = "<!-- written by npm run bench -->";
const END = "<!-- /written -->";

/** @returns the README with the comparison in its place */
export function withComparison(readme: string, page: string): string {
  const [before, rest] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (before < 0 || rest < before) throw new Error(`README.md wants ${BEGIN} and ${END}`);
  return `${readme.slice(0, before)}${BEGIN}\n\n${comparison(page)}\n\n${readme.slice(rest)}`;
}
