import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { findBreaches } from "../scripts/architecture/breaches.ts";
import { readSources, toSource } from "../scripts/architecture/sources.ts";

const root = dirname(import.meta.dirname);
const DEPENDENCIES = ["@upstash/redis", "hono"];

/** A tree that keeps every rule; a test plants its breach in it. */
const sound: Readonly<Record<string, string>> = {
  "lib/keys.ts": `export const key = 1;`,
  "lib/index.ts": from("./cache/index.ts"),
  "lib/redis/index.ts": from("@upstash/redis") + from("../keys.ts"),
  "lib/cache/index.ts": from("../redis/index.ts") + from("../keys.ts") + from("./read.ts"),
  "lib/cache/read.ts": `export const read = 1;`,
  "lib/sessions/index.ts": from("../keys.ts"),
  "lib/hono/index.ts": from("hono/cookie") + from("../sessions/index.ts"),
  "functions/index.ts": `${from("./services.ts")}export default { fetch: (r, env) => open(env) } satisfies ExportedHandler<Env>;`,
  "functions/services.ts": `${from("../lib/index.ts")}${from("cloudflare:workers")}const { DB } = env; type E = Env;`,
  "functions/database/products.ts": "sql.prepare(`SELECT * FROM products`)",
  "functions/products.ts": from("hono-openapi") + from("../lib/hono/index.ts"),
  "local/serve.ts": from("node:http"),
  "local/seed/sql.ts": "const insert = `INSERT INTO products`;",
  "scripts/demo.ts": from("node:fs"),
  "test/all.test.ts": from("../functions/products.ts") + from("vitest"),
  "vitest.config.ts": "export default {};",
};

function from(specifier: string): string {
  return `import { x } from "${specifier}";\n`;
}

function breaches(planted: Readonly<Record<string, string>>): string[] {
  const tree = { ...sound, ...planted };
  return findBreaches(
    Object.entries(tree).map(([path, text]) => toSource(path, text)),
    DEPENDENCIES,
  );
}

describe("the architecture", () => {
  it("is kept by every source of the repository", async () => {
    const { dependencies, peerDependencies } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    const sources = await readSources(root);
    for (const folder of ["lib/", "functions/", "local/", "test/", "scripts/"]) {
      expect(sources.filter(({ path }) => path.startsWith(folder)).length, folder).toBeGreaterThan(5);
    }
    expect(findBreaches(sources, Object.keys({ ...dependencies, ...peerDependencies }))).toEqual([]);
  });
});

describe("the rules of the architecture", () => {
  it("find nothing in a sound tree", () => {
    expect(breaches({})).toEqual([]);
  });

  it.each([
    ["lib that imports Hono", "lib/cache/planted.ts", from("hono"), "lib does not know Hono"],
    [
      "lib that imports Hono's relatives",
      "lib/planted.ts",
      from("@hono/node-server"),
      "lib does not know Hono",
    ],
    ["lib that imports Node", "lib/cache/planted.ts", from("node:crypto"), "Node is not there"],
    ["lib that imports Node without its prefix", "lib/cache/planted.ts", from("fs"), "Node is not there"],
    [
      "lib that imports the platform",
      "lib/redis/planted.ts",
      from("cloudflare:workers"),
      "only functions/services.ts",
    ],
    [
      "lib that imports functions",
      "lib/planted.ts",
      from("../functions/products.ts"),
      "lib may not import functions",
    ],
    ["lib that imports lib/hono", "lib/planted.ts", from("./hono/index.ts"), "lib may not import lib/hono"],
    [
      "the top of lib that imports a pattern",
      "lib/planted.ts",
      from("./sessions/index.ts"),
      "lib may not import pattern",
    ],
    [
      "lib/redis that imports a pattern",
      "lib/redis/planted.ts",
      from("../sessions/index.ts"),
      "lib/redis may not import",
    ],
    [
      "a pattern that imports another",
      "lib/sessions/planted.ts",
      from("../cache/read.ts"),
      "pattern may not import pattern",
    ],
    [
      "a pattern that imports a type of another",
      "lib/sessions/planted.ts",
      `import type { A } from "../cache/read.ts";`,
      "pattern may not",
    ],
    [
      "a pattern that hands on another",
      "lib/sessions/planted.ts",
      `export * from "../cache/read.ts";`,
      "pattern may not",
    ],
    [
      "a pattern that imports another at run time",
      "lib/sessions/planted.ts",
      `await import("../cache/read.ts");`,
      "pattern may not",
    ],
    [
      "an import over several lines",
      "lib/sessions/planted.ts",
      `import {\n  a,\n  b,\n} from "../cache/read.ts";`,
      "pattern may not",
    ],
    ["an import without names", "lib/sessions/planted.ts", `import "../cache/read.ts";`, "pattern may not"],
    [
      "lib/hono that imports functions",
      "lib/hono/planted.ts",
      from("../../functions/products.ts"),
      "may not import functions",
    ],
    [
      "functions that import local",
      "functions/planted.ts",
      from("../local/serve.ts"),
      "may not import local",
    ],
    [
      "functions that import a test",
      "functions/planted.ts",
      from("../test/all.test.ts"),
      "may not import test",
    ],
    ["local that imports lib", "local/serve.ts", from("../lib/keys.ts"), "local may not import lib"],
    [
      "local that imports functions",
      "local/serve.ts",
      from("../functions/products.ts"),
      "local may not import functions",
    ],
    [
      "local with a package that is not shipped",
      "local/planted.ts",
      from("vitest"),
      "nor among the dependencies",
    ],
    ["lib with what only the Worker has", "lib/planted.ts", from("hono-openapi"), "lib does not know Hono"],
    [
      "middleware with what only the Worker has",
      "lib/hono/planted.ts",
      from("valibot"),
      "nor among the dependencies",
    ],
    [
      "an example that imports lib",
      "examples/worker/index.ts",
      from("../../lib/keys.ts"),
      "examples may not import lib",
    ],
    ["public that imports lib", "public/app.js", from("../lib/keys.ts"), "public may not import lib"],
    [
      "functions with a package that is not shipped",
      "functions/planted.ts",
      from("vitest"),
      "nor among the dependencies",
    ],
    ["an import that leads nowhere", "functions/planted.ts", from("./gone.ts"), "not a file here"],
    [
      "a handler that reads a binding",
      "functions/planted.ts",
      "const a = c.env.DB;",
      "only functions/services.ts",
    ],
    [
      "a handler that takes bindings apart",
      "functions/planted.ts",
      "const { DB } = c.env;",
      "only functions/services.ts",
    ],
    [
      "an entry that reads a binding",
      "functions/index.ts",
      "const a = env.DB;",
      "only functions/services.ts",
    ],
    [
      "a handler that names the bindings' type",
      "functions/planted.ts",
      "function f(e: Env) {}",
      "type of the bindings",
    ],
    ["a handler with SQL", "functions/planted.ts", "const q = `SELECT id\n FROM products`;", "holds SQL"],
    ["a handler with a statement", "functions/planted.ts", "db.prepare(q)", "holds SQL"],
    ["the dev runner with SQL", "local/serve.ts", "const q = 'DELETE FROM products';", "holds SQL"],
    ["a default export", "lib/planted.ts", "export default 1;", "default export"],
    [
      "a default export by another name",
      "lib/planted.ts",
      "const a = 1;\nexport { a as default };",
      "default export",
    ],
    ["a long file", "lib/planted.ts", "const a = 1;\n".repeat(251), "has 251 lines"],
    ["a long test", "test/all.test.ts", "const a = 1;\n".repeat(351), "has 351 lines"],
  ])("find %s", (_, path, text, message) => {
    expect(breaches({ [path]: text })).toEqual([expect.stringContaining(message)]);
  });

  it("find a cycle, and name its members", () => {
    expect(breaches({ "lib/cache/read.ts": from("./index.ts") })).toEqual([
      "import cycle: lib/cache/index.ts -> lib/cache/read.ts -> lib/cache/index.ts",
    ]);
  });

  it("let a cycle of types be", () => {
    const typesOnly = `import type { A } from "./index.ts";`;
    expect(breaches({ "lib/cache/read.ts": typesOnly })).toEqual([]);
  });

  it("let comments and names that only look alike be", () => {
    const text =
      "// reads env.DB by SELECT x FROM y\n/* Env */ const environment = 'https://a/b'; const e = AppEnv;";
    expect(breaches({ "functions/products.ts": text })).toEqual([]);
  });
});
