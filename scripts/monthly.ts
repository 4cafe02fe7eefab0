// What Redis costs a month, by docs/costs.md and a price.
//
//   node scripts/monthly.ts [--dollars-per-100k 0.2] [--write]
//
// Prints the table; with --write it puts it into docs/operations.md.

import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { stdout } from "node:process";
import { parseArgs } from "node:util";
import { DOLLARS_PER_100K, monthlyTable } from "./monthly/table.ts";

const { values } = parseArgs({
  options: {
    "dollars-per-100k": { type: "string", default: String(DOLLARS_PER_100K) },
    write: { type: "boolean", default: false },
  },
});
const docs = join(dirname(import.meta.dirname), "docs");
const table = monthlyTable(
  await readFile(join(docs, "costs.md"), "utf8"),
  Number(values["dollars-per-100k"]),
);
stdout.write(`${table}\n`);

if (values.write) {
  const path = join(docs, "operations.md");
  const page = await readFile(path, "utf8");
  const written = page.replace(/^\| each request is [^]*?(?=\n\n)/m, () => table);
  if (!written.includes(table)) throw new Error("docs/operations.md has no such table");
  await writeFile(path, written);
}
