// A project outside of this repository, with the packed package installed as anybody has it.

import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { inject } from "vitest";
import { run } from "./run.ts";

const root = dirname(dirname(dirname(import.meta.dirname)));

export interface Project {
  folder: string;
  /** Where the package is installed. */
  installed: string;
  /** Checks the project's types, by its tsconfig.json. @throws with the compiler's errors */
  checkTypes(): Promise<void>;
  remove(): Promise<void>;
}

/** A project that depends on the package and on these, in the versions that are installed here. */
export async function createProject(...others: readonly string[]): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), "sedge-project-"));
  const tarball = inject("tarball");
  const versions = await Promise.all(others.map(async (name) => [name, await versionOf(name)] as const));
  await install(folder, {
    type: "module",
    dependencies: { sedge: `file:${tarball}`, ...Object.fromEntries(versions) },
  });
  return projectIn(folder, folder);
}

/** The example of that name, as it stands in the repository, with the package packed there. */
export async function createExample(name: string): Promise<Project> {
  const home = await mkdtemp(join(tmpdir(), "sedge-example-"));
  const tarball = inject("tarball");
  await cp(tarball, join(home, basename(tarball)));
  const folder = join(home, "examples", name);
  await cp(join(root, "examples", name), folder, {
    recursive: true,
    filter: (path) => !/node_modules|package-lock\.json|\.wrangler|\.sedge/.test(basename(path)),
  });
  await install(folder, JSON.parse(await readFile(join(folder, "package.json"), "utf8")));
  return projectIn(folder, home);
}

function projectIn(folder: string, home: string): Project {
  return {
    folder,
    installed: join(folder, "node_modules", "sedge"),
    async checkTypes() {
      await run(folder, join(root, "node_modules", ".bin", "tsc"), ["-p", "."]);
    },
    remove: () => rm(home, { recursive: true, force: true }),
  };
}

/**
 * Installs what runs. Tools for development are this repository's own. What the package depends on comes in the versions
 * that it is tested with here, so that a new one of somebody else's does not fail a test.
 */
async function install(folder: string, manifest: Readonly<Record<string, unknown>>): Promise<void> {
  const { dependencies }: { dependencies: object } = JSON.parse(
    await readFile(join(root, "package.json"), "utf8"),
  );
  const tested = Object.keys(dependencies).map(async (name) => [name, await versionOf(name)] as const);
  const overrides = Object.fromEntries(await Promise.all(tested));
  await writeFile(join(folder, "package.json"), JSON.stringify({ ...manifest, overrides }));
  await run(folder, "npm", ["install", "--omit=dev", "--prefer-offline", "--no-audit", "--no-fund"]);
  await mkdir(join(folder, "node_modules", "@cloudflare"), { recursive: true });
  const types = join("node_modules", "@cloudflare", "workers-types");
  await symlink(join(root, types), join(folder, types));
}

/** As it is installed here. */
async function versionOf(name: string): Promise<string> {
  const manifest = await readFile(join(root, "node_modules", name, "package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
