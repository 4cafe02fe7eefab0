// docs/security.md promises nothing without a test: each that it names is there. And what no other test holds of what it promises.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./markdown.ts";

const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** `| promise | proof |` of each table. */
const rows = read("docs/security.md")
  .split("\n")
  .filter((line) => /^\| (?!promise|---)/.test(line))
  .map((line) => {
    const [promise = "", proof = ""] = line.slice(2, -2).split(" | ");
    return { promise, proof };
  });

/** The tests that a row names: `path/of.test.ts` "one", "another"; … */
function proofsOf(proof: string): { readonly path: string; readonly names: readonly string[] }[] {
  return proof
    .split(/(?=`test\/)/)
    .filter((part) => part.startsWith("`"))
    .map((part) => ({
      path: part.split("`")[1] ?? "",
      names: [...part.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name),
    }));
}

/** Whether a file has a test, or a group of tests, of this name. */
function hasTest(source: string, name: string): boolean {
  const quoted = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`(?:\\b(?:test|it|describe)|\\))\\(\\s*["\`]${quoted}["\`]`).test(source);
}

test("every promise names a test, and every test that is named is there", () => {
  expect(rows.length).toBeGreaterThan(30);
  const missing = rows.flatMap(({ promise, proof }) => {
    const proofs = proofsOf(proof);
    if (proofs.length === 0 || proofs.some(({ names }) => names.length === 0)) return [`${promise}: no test`];
    return proofs.flatMap(({ path, names }) => {
      if (!existsSync(join(root, path))) return [`${promise}: ${path}`];
      const source = read(path);
      return names.filter((name) => !hasTest(source, name)).map((name) => `${promise}: ${path}: ${name}`);
    });
  });
  expect(missing).toEqual([]);
});

test.each([
  ["functions/keys.ts", "equalInConstantTime("],
  ["lib/passwords.ts", "equalInConstantTime("],
  ["local/rest/auth.ts", "timingSafeEqual("],
])("%s compares what is secret by %s", (path, comparison) => {
  expect(read(path)).toContain(comparison);
});

interface Locked {
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}
const packages = Object.entries(
  (JSON.parse(read("package-lock.json")) as { packages: Record<string, Locked> }).packages,
).filter(([path]) => path !== "");

test("every package of the lock file has its hash", () => {
  const without = packages.filter(([, { integrity = "" }]) => !integrity.startsWith("sha512-"));
  expect(without.map(([path]) => path)).toEqual([]);
});

test("only packages that are named may run a script when they are installed", () => {
  const { allowScripts } = JSON.parse(read("package.json")) as { allowScripts: Record<string, boolean> };
  const scripted = packages.filter(([, { hasInstallScript = false }]) => hasInstallScript);
  const names = scripted.map(([path]) => path.split("node_modules/").at(-1));
  expect(new Set(names)).toEqual(new Set(Object.keys(allowScripts)));
});

test("the pages of public/ allow nothing inline and nothing foreign", () => {
  const [, policy = ""] = /Content-Security-Policy: (.*)/.exec(read("public/_headers")) ?? [];
  const directives = new Map(
    policy.split("; ").map((directive) => {
      const [name = "", ...sources] = directive.split(" ");
      return [name, sources];
    }),
  );
  expect(directives.get("default-src")).toEqual(["'none'"]);
  expect(directives.get("frame-ancestors")).toEqual(["'none'"]);
  expect(directives.get("base-uri")).toEqual(["'none'"]);
  for (const [name, sources] of directives) {
    const allowed = name === "img-src" ? ["'self'", "'none'", "data:"] : ["'self'", "'none'"];
    expect(
      sources.filter((source) => !allowed.includes(source)),
      name,
    ).toEqual([]);
  }
  expect(read("public/_headers")).toContain("X-Content-Type-Options: nosniff");
});
