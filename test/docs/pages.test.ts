import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { kindOf, readPages, reasonOf, root } from "./markdown.ts";

const pages = readPages();
const blocks = pages.flatMap((page) => page.blocks.map((block) => ({ ...block, path: page.path })));

describe("the documentation", () => {
  it("has no code block that is neither run nor says why not", () => {
    const unknown = blocks.filter((block) => kindOf(block) === undefined && reasonOf(block) === undefined);
    expect(unknown.map(({ path, line, info }) => `${path}:${line} ${info}`)).toEqual([]);
  });

  it("has these code blocks that are not run", () => {
    const notRun = blocks.filter((block) => reasonOf(block) !== undefined);
    const list = notRun.map((block) => `${block.path}: ${block.lines.join("; ")} (${reasonOf(block)})`);
    expect(list).toMatchInlineSnapshot();
  });

  it("links to nothing that is not there", () => {
    const broken = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:)([^)\s#]*)(#[^)\s]*)?\)/g)].flatMap(([, file = "", anchor = ""]) => {
        const target = file === "" ? path : join(dirname(path), file);
        if (!existsSync(join(root, target))) return [`${path}: ${file}`];
        const page = pages.find((each) => each.path === target);
        const isThere = anchor === "" || page === undefined || anchorsOf(page.text).has(anchor);
        return isThere ? [] : [`${path}: ${file}${anchor}`];
      }),
    );
    expect(broken).toEqual([]);
  });

  it("names no npm script that is not there", () => {
    const { scripts } = JSON.parse(execFileSync("cat", [join(root, "package.json")], { encoding: "utf8" })) as {
      scripts: Record<string, string>;
    };
    const named = pages.flatMap(({ text }) => [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name));
    expect(named.filter((name) => name !== undefined && !(name in scripts))).toEqual([]);
  });
});

/** Of the headings, as GitHub makes them. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading);
  return new Set(
    headings.map((heading) => {
      const words = heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "");
      return `#${words.replaceAll(" ", "-")}`;
    }),
  );
}
