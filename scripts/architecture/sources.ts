// The sources as the architecture's rules see them: a path, a text, and what it imports.

import { readdir, readFile } from "node:fs/promises";
import { dirname, join, normalize, sep } from "node:path/posix";

export interface Source {
  /** Relative to the repository, with slashes: `lib/cache/cache.ts`. */
  path: string;
  text: string;
  /** What it imports: paths of the repository, or names of packages. Types count too. */
  imports: readonly string[];
  /** Those of them that are left when types are erased. */
  runtimeImports: readonly string[];
}

const FOLDERS = ["lib", "functions", "local", "public", "scripts", "test", "bench", "migrations", "examples"];
/** What is installed in an example. */
const FOREIGN = /(?:^|\/)node_modules\//;
const READ = /\.(ts|js|mjs|html|css|sql)$/;
const CODE = /\.(ts|js|mjs)$/;

/** `import … from "x"`, `export … from "x"`, `import "x"`, each at the beginning of a line, and `import("x")` anywhere. */
const IMPORTS = [
  /^\s*(?:import|export)\s(?:[^"'`;]*?\sfrom\s)?\s*["']([^"']+)["']/gm,
  /\bimport\(\s*["']([^"']+)["']/g,
];

const TYPES_ONLY = /^\s*(?:import|export)\s+type\s/;

/** @param path relative to the repository */
export function toSource(path: string, text: string): Source {
  if (!CODE.test(path)) return { path, text, imports: [], runtimeImports: [] };
  const statements = IMPORTS.flatMap((pattern) => Array.from(text.matchAll(pattern)));
  const targetsOf = (matches: typeof statements) => [
    ...new Set(matches.map(([, specifier = ""]) => resolveFrom(path, specifier))),
  ];
  return {
    path,
    text,
    imports: targetsOf(statements),
    runtimeImports: targetsOf(statements.filter(([statement]) => !TYPES_ONLY.test(statement))),
  };
}

function resolveFrom(path: string, specifier: string): string {
  return specifier.startsWith(".") ? normalize(join(dirname(path), specifier)) : specifier;
}

/** Reads every source of the repository. */
export async function readSources(root: string): Promise<Source[]> {
  const top = (await readdir(root)).filter((name) => CODE.test(name));
  const lists = await Promise.all(FOLDERS.map((folder) => listFiles(root, folder)));
  const paths = [...top, ...lists.flat()].filter((path) => READ.test(path) && !FOREIGN.test(path));
  return Promise.all(paths.map(async (path) => toSource(path, await readFile(join(root, path), "utf8"))));
}

async function listFiles(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    },
  );
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .replaceAll(sep, "/")
        .slice(root.length + 1),
    );
}
