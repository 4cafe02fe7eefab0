import { expect, test } from "vitest";
import {
  addLongDouble,
  formatLongDouble,
  parseLongDouble,
} from "../../../../local/engines/embedded/long-double.ts";

function add(a: string, b: string): string | null {
  const [left, right] = [parseLongDouble(a), parseLongDouble(b)];
  return left && right ? formatLongDouble(addLongDouble(left, right)) : null;
}

// The sums are INCRBYFLOAT's on Redis 7.0.15 (x86-64).
test.each([
  ["0", "0.1", "0.1"],
  ["0.1", "0.2", "0.3"],
  ["0", "1000.1", "1000.09999999999999998"],
  ["1000.09999999999999998", "0.1", "1000.19999999999999996"],
  ["3", "1e3", "1003"],
  ["0", "1e21", "1000000000000000000000"],
  ["0.1", "-0.1", "0"],
  ["0", "-0.0", "0"],
  ["-1.5", ".5", "-1"],
  ["9007199254740993", "1", "9007199254740994"],
  ["0", "1e-17", "0.00000000000000001"],
  ["0", "1e-18", "0"],
])("%s + %s = %s", (a, b, sum) => {
  expect(add(a, b)).toBe(sum);
});

test.each(["", ".", "x", "1x", " 1", "1e", "nan", "1e99999"])("%j is no number", (text) => {
  expect(parseLongDouble(text)).toBeNull();
});
