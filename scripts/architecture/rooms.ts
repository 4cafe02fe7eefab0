// Who may import whom. One direction: public -> HTTP -> functions -> lib/hono -> lib -> nothing.

import { isBuiltin } from "node:module";
import type { Source } from "./sources.ts";

/** The folders of the repository, with the kinds of folder inside lib told apart. */
type Kind =
  | "lib"
  | "lib index"
  | "lib/redis"
  | "lib/hono"
  | "pattern"
  | "functions"
  | "local"
  | "public"
  | "scripts"
  | "bench"
  | "test"
  | "examples"
  | "root";

interface Room {
  kind: Kind;
  /** Its folder; two patterns are two rooms of one kind. */
  name: string;
}

const LIB: readonly Kind[] = ["lib", "lib index", "lib/redis", "pattern"];

/** Beside itself. What two patterns share is a file at the top of lib. */
const MAY_IMPORT: Readonly<Record<Kind, readonly Kind[]>> = {
  lib: [],
  "lib/redis": ["lib"],
  pattern: ["lib", "lib/redis"],
  "lib index": LIB,
  "lib/hono": LIB,
  functions: [...LIB, "lib/hono"],
  local: [],
  public: [],
  scripts: [...LIB, "functions", "local"],
  bench: [...LIB, "lib/hono", "functions", "local", "scripts", "test"],
  test: [...LIB, "lib/hono", "functions", "local", "public", "scripts", "bench", "root"],
  // They take the package as others do: by its name.
  examples: [],
  root: [],
};

const TOP_KINDS = ["functions", "local", "public", "scripts", "bench", "test", "examples"] as const;

function roomOf(path: string): Room {
  const [top = "", second = "", ...deeper] = path.split("/");
  if (top !== "lib") return { kind: TOP_KINDS.find((kind) => kind === top) ?? "root", name: top };
  if (deeper.length === 0) return { kind: second === "index.ts" ? "lib index" : "lib", name: second };
  if (second === "redis") return { kind: "lib/redis", name: "lib/redis" };
  if (second === "hono") return { kind: "lib/hono", name: "lib/hono" };
  return { kind: "pattern", name: `lib/${second}` };
}

/** Imports that go the wrong way between rooms. */
export function wrongWays(sources: readonly Source[]): string[] {
  const paths = new Set(sources.map(({ path }) => path));
  return sources.flatMap((source) => {
    const from = roomOf(source.path);
    return source.imports
      .filter((target) => paths.has(target))
      .filter((target) => {
        const to = roomOf(target);
        const isSameRoom = to.kind === from.kind && (to.kind !== "pattern" || to.name === from.name);
        return !isSameRoom && !MAY_IMPORT[from.kind].includes(to.kind);
      })
      .map(
        (target) => `${source.path} imports ${target}: ${from.kind} may not import ${roomOf(target).kind}`,
      );
  });
}

const RUNS_IN_A_WORKER: ReadonlySet<Kind> = new Set([...LIB, "lib/hono", "functions"]);
const KNOWS_HONO: ReadonlySet<Kind> = new Set(["lib/hono", "functions", "local"]);

/** What the package is made of: each of their imports must come with it. */
const SHIPPED: ReadonlySet<Kind> = new Set([...LIB, "lib/hono", "local"]);

/** What this repository's Worker needs besides: it is in the Worker's bundle, and not among the package's dependencies. */
const BUNDLED: ReadonlySet<string> = new Set(["@hono/standard-validator", "hono-openapi", "valibot"]);

/**
 * Packages where they do not belong: Node in what runs in a Worker, `cloudflare:` and Hono in lib, and anything that is not
 * among the dependencies in what is shipped.
 */
export function wrongPackages(sources: readonly Source[], dependencies: readonly string[]): string[] {
  const paths = new Set(sources.map(({ path }) => path));
  return sources.flatMap(({ path, imports }) => {
    const { kind } = roomOf(path);
    if (!RUNS_IN_A_WORKER.has(kind) && !SHIPPED.has(kind)) return [];
    const packages = imports.filter((target) => !paths.has(target));
    return packages.flatMap((specifier) => {
      const reason = refusal(specifier, path, kind, dependencies);
      return reason === null ? [] : [`${path} imports ${specifier}: ${reason}`];
    });
  });
}

function refusal(
  specifier: string,
  path: string,
  kind: Kind,
  dependencies: readonly string[],
): string | null {
  if (isBuiltin(specifier)) return RUNS_IN_A_WORKER.has(kind) ? "Node is not there in a Worker" : null;
  if (specifier.startsWith("cloudflare:")) {
    return path === "functions/services.ts" ? null : "only functions/services.ts knows the platform";
  }
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  if (/^hono\b|^@hono\//.test(name) && !KNOWS_HONO.has(kind)) return "lib does not know Hono";
  if (kind === "functions" && BUNDLED.has(name)) return null;
  return dependencies.includes(name) ? null : "not a file here, nor among the dependencies";
}
