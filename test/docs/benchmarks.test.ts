import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { withComparison } from "../../bench/comparison.ts";

test("the README compares by rows of docs/benchmarks.md, as they stand there, and by nothing else", async () => {
  const [readme, page] = await Promise.all(
    ["README.md", "docs/benchmarks.md"].map((path) => readFile(path, "utf8")),
  );
  expect(withComparison(readme ?? "", page ?? "")).toBe(readme);
});
