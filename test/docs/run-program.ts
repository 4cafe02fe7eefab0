// Runs before a page's program: `sedge/cache` is what it is built from, and what `// → value` says is compared.

import assert from "node:assert/strict";
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
import { packageSources } from "./programs.ts";

const sources = packageSources();

registerHooks({
  resolve(specifier, context, next) {
    const source = sources.get(specifier);
    return source === undefined ? next(specifier, context) : next(pathToFileURL(source).href, context);
  },
});

Object.assign(globalThis, {
  assertIs: (actual: unknown, expected: unknown) => assert.deepEqual(actual, expected),
});
