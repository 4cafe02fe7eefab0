// Every test runs in Node. Those of e2e/ start workerd and whole programs: they come last, one file at a time, so that
// neither they nor the others' waits for conditions run short of processor time. Those of browser/ follow, where there is a
// Chromium, those of package/, which pack what others install, and those of cluster/, where there is a redis-server.

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";

const e2e = "test/e2e/**/*.test.ts";
const browser = "test/browser/**/*.test.ts";
const packed = "test/package/**/*.test.ts";
const cluster = "test/cluster/**/*.test.ts";

const chromium = process.env["CHROMIUM"] || findOnPath("chromium", "chromium-browser", "google-chrome");

function findOnPath(...names: readonly string[]): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const paths = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The tests in a browser. Without one they cannot run, and that is said; `--project browser` fails then. */
function browserProject(): TestProjectConfiguration[] {
  if (chromium === undefined) {
    console.warn(
      `There is no Chromium: ${browser} does not run. Install it, or name it by CHROMIUM=/path/to/chromium.`,
    );
    return [];
  }
  return [
    {
      test: {
        name: "browser",
        include: [browser],
        env: { CHROMIUM: chromium },
        fileParallelism: false,
        testTimeout: 60_000,
        hookTimeout: 90_000,
        sequence: { groupOrder: 2 },
      },
    },
  ];
}

/** The tests that start a Redis Cluster. Without a redis-server they cannot run, and that is said; `--project cluster` fails then. */
function clusterProject(): TestProjectConfiguration[] {
  if (findOnPath("redis-server") === undefined) {
    console.warn(
      `There is no redis-server: ${cluster} does not run. Install it (Debian's package redis-server).`,
    );
    return [];
  }
  return [
    {
      test: {
        name: "cluster",
        include: [cluster],
        fileParallelism: false,
        testTimeout: 90_000,
        hookTimeout: 60_000,
        sequence: { groupOrder: 4 },
      },
    },
  ];
}

export default defineConfig({
  test: {
    // Two processors are the least that is expected; more workers than that wait for each other there.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [e2e, browser, packed, cluster],
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
      ...browserProject(),
      {
        test: {
          name: "package",
          include: [packed],
          globalSetup: "test/package/support/setup.ts",
          fileParallelism: false,
          testTimeout: 90_000,
          hookTimeout: 90_000,
          sequence: { groupOrder: 3 },
        },
      },
      ...clusterProject(),
    ],
  },
});
