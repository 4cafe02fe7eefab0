import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { monthlyTable } from "../../scripts/monthly/table.ts";
import { root } from "./markdown.ts";

const read = (name: string) => readFileSync(join(root, "docs", name), "utf8");

it("says what a month costs by the costs that are measured", () => {
  const table = monthlyTable(read("costs.md"));
  expect(read("operations.md"), "npx node scripts/monthly.ts --write").toContain(table);
});

it("counts each command of the calls, at its price", () => {
  const rows = monthlyTable(read("costs.md"), 1).split("\n");
  const [, each = "", million = ""] =
    rows[2]
      ?.split("|")
      .slice(1)
      .map((cell) => cell.trim()) ?? [];
  // A hit is 1 command, a miss 10, a sliding limit 4.
  expect(each).toBe((0.95 * 1 + 0.05 * 10 + 0.1 * 4).toFixed(1));
  expect(million).toBe("$18.50");
});
