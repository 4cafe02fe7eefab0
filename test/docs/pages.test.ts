import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { kindOf, readPages, reasonOf, root } from "./markdown.ts";

const pages = readPages();
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<
  "scripts" | "dependencies" | "devDependencies",
  Record<string, string>
>;
const blocks = pages.flatMap((page) => page.blocks.map((block) => ({ ...block, path: page.path })));

describe("the documentation", () => {
  it("has no code block that is neither run nor says why not", () => {
    const unknown = blocks.filter((block) => kindOf(block) === undefined && reasonOf(block) === undefined);
    expect(unknown.map(({ path, line, info }) => `${path}:${line} ${info}`)).toEqual([]);
  });

  it("has these code blocks that are not run", () => {
    const notRun = blocks.filter((block) => reasonOf(block) !== undefined);
    const list = notRun.map((block) => `${block.path}: ${block.lines.join("; ")} (${reasonOf(block)})`);
    expect(list).toMatchInlineSnapshot(`
      [
        "README.md: npm ci && npm run dev (it runs until it is ended; the other blocks run against it)",
        "README.md: npm ci && npm test (it runs all tests, this one too)",
        "README.md: npx sedge-redis; UPSTASH_REDIS_REST_URL=http://127.0.0.1:8079 UPSTASH_REDIS_REST_TOKEN=local node your-program.js (it runs until it is ended; test/package/command.test.ts does it)",
        "README.md: npx wrangler secret put UPSTASH_REDIS_REST_URL; npx wrangler secret put UPSTASH_REDIS_REST_TOKEN; npx wrangler secret put API_KEYS (it needs an account with Cloudflare)",
        "README.md: npx wrangler deploy; npx wrangler d1 migrations apply sedge --remote (it needs an account with Cloudflare)",
        "README.md: REDIS_URL=rediss://:PASSWORD@redis.internal:6379 npm run dev; REDIS_URL=rediss://:PASSWORD@redis.internal:6379 REDIS_REST_HOST=0.0.0.0 UPSTASH_REDIS_REST_TOKEN=A-LONG-SECRET npm run redis (it needs a Redis, and runs until it is ended)",
      ]
    `);
  });

  it("links to nothing that is not there", () => {
    const links = /(?:\]\(|src="|href=")(?!https?:)(?<file>[^)\s#"]*)(?<anchor>#[^)\s"]*)?[)"]/g;
    const broken = pages.flatMap(({ path, text }) =>
      [...text.matchAll(links)].flatMap(({ groups: { file = "", anchor = "" } = {} }) => {
        const target = file === "" ? path : join(dirname(path), file);
        if (!existsSync(join(root, target))) return [`${path}: ${file}`];
        const page = pages.find((each) => each.path === target);
        const isThere = anchor === "" || page === undefined || anchorsOf(page.text).has(anchor);
        return isThere ? [] : [`${path}: ${file}${anchor}`];
      }),
    );
    expect(broken).toEqual([]);
  });

  // Syntax alone: redis-py is no package of npm. Without a Python there is nothing to read it with.
  it.runIf(hasPython())("shows Python that is Python", () => {
    const python = blocks.filter((block) => kindOf(block) === "py");
    const input = JSON.stringify(
      python.map(({ path, line, lines }) => [`${path}:${line}`, lines.join("\n")]),
    );
    const compile = "import json, sys\nfor where, text in json.load(sys.stdin): compile(text, where, 'exec')";
    expect(() => execFileSync("python3", ["-c", compile], { input })).not.toThrow();
    expect(python.length).toBeGreaterThan(0);
  });

  it("says of each dependency why it is there", () => {
    const architecture = pages.find(({ path }) => path === "docs/architecture.md")?.text ?? "";
    const { dependencies, devDependencies } = manifest;
    const names = Object.keys({ ...dependencies, ...devDependencies });
    expect(names.filter((name) => !architecture.includes(`\`${name}\``))).toEqual([]);
  });

  it("names no npm script that is not there", () => {
    const { scripts } = manifest;
    const named = pages.flatMap(({ text }) =>
      [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name),
    );
    expect(named.filter((name) => name !== undefined && !(name in scripts))).toEqual([]);
  });
});

function hasPython(): boolean {
  try {
    execFileSync("python3", ["--version"]);
    return true;
  } catch {
    return false;
  }
}

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
