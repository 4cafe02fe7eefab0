// The TypeScript of a page, as the one program that it is: each block on the lines it has in its page, so that errors name them.

import { readFileSync } from "node:fs";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { kindOf, type Page, root } from "./markdown.ts";

export interface Programs {
  /** A project of somebody else's, that has the package. */
  readonly folder: string;
  /** Where the program of a page is. */
  readonly pathOf: (page: Page) => string;
  readonly remove: () => Promise<void>;
}

export const hasProgram = ({ blocks }: Page): boolean => blocks.some((block) => kindOf(block) === "ts");

/** Writes the programs of pages. @param edit makes of a program's text what is run; by default nothing is changed */
export async function writePrograms(
  pages: readonly Page[],
  edit: (text: string) => string = (text) => text,
): Promise<Programs> {
  const folder = await mkdtemp(join(tmpdir(), "sedge-docs-"));
  const pathOf = ({ path }: Page) => join(folder, `${basename(path, ".md")}.ts`);
  const programs = pages.filter(hasProgram);
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(projectOf(programs.map(pathOf))));
  await Promise.all(programs.map(async (page) => writeFile(pathOf(page), edit(textOf(page)))));
  return { folder, pathOf, remove: () => rm(folder, { recursive: true }) };
}

function textOf({ blocks }: Page): string {
  const lines: string[] = [];
  for (const block of blocks) {
    if (kindOf(block) !== "ts") continue;
    while (lines.length < block.line - 1) lines.push("");
    lines.push(...block.lines);
  }
  return [...lines, "export {};", ""].join("\n");
}

const projectOf = (files: readonly string[]) => ({
  extends: join(root, "tsconfig.json"),
  compilerOptions: {
    types: ["@cloudflare/workers-types"],
    paths: Object.fromEntries([...packageSources()].map(([name, path]) => [name, [path]])),
  },
  files: [...files, join(root, "worker-configuration.d.ts")],
  include: [],
});

/** What the package offers, by its names, and the sources these are built from. */
export function packageSources(): Map<string, string> {
  const { name, exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    name: string;
    exports: Record<string, string | { default: string }>;
  };
  const sources = new Map<string, string>();
  for (const [entry, target] of Object.entries(exports)) {
    if (typeof target === "string") continue;
    const source = target.default.replace("./dist/", "").replace(/\.js$/, ".ts");
    sources.set(entry.replace(".", name), join(root, source));
  }
  return sources;
}
