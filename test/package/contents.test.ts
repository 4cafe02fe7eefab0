import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { createProject, type Project } from "./support/project.ts";
import { run } from "./support/run.ts";

const bin = join(dirname(dirname(import.meta.dirname)), "node_modules", ".bin");

let project: Project;
beforeAll(async () => {
  project = await createProject();
});
afterAll(() => project?.remove());

it("is clean to publint", async () => {
  const said = await run(project.folder, join(bin, "publint"), ["run", inject("tarball"), "--strict"]);
  expect(said).toContain("All good!");
});

it("resolves with its types wherever ESM does, says Are The Types Wrong", async () => {
  // Ends with 1 where it finds a problem.
  const said = await run(project.folder, join(bin, "attw"), [inject("tarball"), "--profile=esm-only"]);
  expect(said).toContain('"sedge/cache"');
});

it("holds what can be imported and the command, and nothing of the Worker but its client", async () => {
  const files = await readdir(project.installed, { recursive: true, withFileTypes: true });
  const paths = files
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(project.installed.length + 1));
  const others = paths.filter((path) => !/^dist\/(lib\/.*\.(js|d\.ts)|local\/.*\.js)$/.test(path));
  expect(others.toSorted()).toEqual([
    "LICENSE",
    "README.md",
    "dist/functions/client.d.ts",
    "dist/functions/client.js",
    "dist/functions/policies.d.ts",
    "package.json",
  ]);
  expect(paths.filter((path) => /^dist\/local\/(dev|seed)\b/.test(path))).toEqual([]);
});
