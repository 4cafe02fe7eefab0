// Every test runs in Node. Those of e2e/ start workerd and whole programs: they come last, one file at a time, so that
// neither they nor the others' waits for conditions run short of processor time.

import { defineConfig } from "vitest/config";

const e2e = "test/e2e/**/*.test.ts";

export default defineConfig({
  test: {
    // Two processors are the least that is expected; more workers than that wait for each other there.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [e2e],
          testTimeout: 10_000,
          hookTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "e2e",
          include: [e2e],
          fileParallelism: false,
          testTimeout: 90_000,
          hookTimeout: 90_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
