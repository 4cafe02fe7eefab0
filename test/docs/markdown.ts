// The code blocks of the documentation, and what is to become of each.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export const root = dirname(dirname(import.meta.dirname));

export interface Block {
  /** Its language, and what is said of it: `ts`, `sh not run: it deploys`. */
  readonly info: string;
  /** The first line of its text in its page, from 1. */
  readonly line: number;
  readonly lines: readonly string[];
}

export interface Page {
  /** From the root: `docs/keys.md`. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

/**
 * - `ts`: those of a page are one program, in their order. It is type-checked and run; `expression; // → value` is compared.
 * - `js`: a script of a browser's page. It is run until it has printed what `// prints …` says.
 * - `console`: `$ command`, and what it prints.
 * - `py`: must be Python.
 * - `text`: a drawing.
 */
const KINDS = ["ts", "js", "console", "py", "text"] as const;
export type Kind = (typeof KINDS)[number];

const NOT_RUN = /^\w+ not run: (?<reason>\S.*)$/;

export const kindOf = ({ info }: Block): Kind | undefined => KINDS.find((kind) => kind === info);

/** Why a block is not run, as it says itself. */
export const reasonOf = ({ info }: Block): string | undefined => NOT_RUN.exec(info)?.groups?.["reason"];

export function readPages(): Page[] {
  const docs = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
  const paths = ["README.md", ...docs.toSorted().map((name) => `docs/${name}`)];
  return paths.map((path) => {
    const text = readFileSync(join(root, path), "utf8");
    return { path, text, blocks: blocksOf(text) };
  });
}

function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let open: { info: string; line: number; indent: number; lines: string[] } | undefined;
  for (const [i, line] of text.split("\n").entries()) {
    const [, space = "", info = ""] = /^( *)```(.*)$/.exec(line) ?? [];
    const isFence = line.trimStart().startsWith("```");
    if (open === undefined) {
      if (isFence) open = { info: info.trim(), line: i + 2, indent: space.length, lines: [] };
    } else if (isFence) {
      blocks.push(open);
      open = undefined;
    } else {
      open.lines.push(line.slice(open.indent));
    }
  }
  if (open !== undefined) throw new Error(`a block that begins in line ${open.line - 1} has no end`);
  return blocks;
}
