// What a file may hold: bindings, SQL, default exports, so many lines.

import type { Source } from "./sources.ts";

const HAS_DEFAULT =
  /^functions\/index\.ts$|^examples\/[^/]+\/index\.ts$|^bench\/request\/workers\/[^/]+\.ts$|\.config\.ts$/;
const CODE = /\.(ts|js|mjs)$/;
/** A test lists cases, so it may be longer. */
const MOST_LINES = 250;
const MOST_LINES_OF_A_TEST = 350;

/** Only functions/services.ts reads bindings; the entry hands them to it whole, and one file names their type for Hono. */
export function bindingsReadElsewhere(sources: readonly Source[]): string[] {
  return sources.filter(isIn("functions")).flatMap(({ path, text }) => {
    if (path === "functions/services.ts") return [];
    const code = withoutComments(text);
    const isEntry = path === "functions/index.ts";
    if (
      isEntry
        ? /\benv\s*(?:\?\.|[.[])|\}\s*=\s*(?:\w+\.)?env\b/.test(code)
        : /(?<![\w"'`-])env\b(?!["'`])/.test(code)
    ) {
      return [`${path} reads bindings: only functions/services.ts does`];
    }
    if (!isEntry && path !== "functions/http/environment.ts" && /(?<!["'`\w])Env\b/.test(code)) {
      return [`${path} names the type of the bindings: only functions/services.ts reads them`];
    }
    return [];
  });
}

const SQL =
  /\.prepare\(|\bSELECT\s[\s\S]{1,200}?\sFROM\s|\bINSERT INTO\s|\bUPDATE \w+ SET\s|\bDELETE FROM\s|\bCREATE (?:TABLE|INDEX)\s/;
const SQL_HOMES = ["functions/database/", "functions/database.ts", "local/seed/", "migrations/"];

/** SQL stands beside the schema's types, and in the seed. */
export function sqlElsewhere(sources: readonly Source[]): string[] {
  return sources
    .filter(isIn("lib", "functions", "local", "public"))
    .filter(({ path }) => !SQL_HOMES.some((home) => path.startsWith(home)))
    .filter(({ text }) => SQL.test(withoutComments(text)))
    .map(({ path }) => `${path} holds SQL: it belongs into functions/database`);
}

/** Named exports alone, but where a tool looks for a default one: a Worker's entry and configurations. */
export function defaultExports(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => CODE.test(path) && !HAS_DEFAULT.test(path))
    .filter(({ text }) =>
      /^\s*export\s+default\b|^\s*export\s*\{[^}]*\bas\s+default\b/m.test(withoutComments(text)),
    )
    .map(({ path }) => `${path} has a default export`);
}

/** A file that long does more than one thing. */
export function longFiles(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => CODE.test(path))
    .flatMap(({ path, text }) => {
      const lines = text.split("\n").length - 1;
      const most = path.startsWith("test/") ? MOST_LINES_OF_A_TEST : MOST_LINES;
      return lines > most ? [`${path} has ${lines} lines: ${most} at most`] : [];
    });
}

function isIn(...folders: readonly string[]): (source: Source) => boolean {
  return ({ path }) => folders.some((folder) => path.startsWith(`${folder}/`));
}

/** Without block comments and comments to the end of a line; a `//` in a URL stays. */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|\s)\/\/.*$/gm, "$1");
}
