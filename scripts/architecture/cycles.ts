// Import cycles, which make the order in which modules are evaluated matter. (Imports of types alone do not.)

import type { Source } from "./sources.ts";

/** Each cycle once, as `a.ts -> b.ts -> a.ts`. */
export function importCycles(sources: readonly Source[]): string[] {
  const importsOf = new Map(sources.map(({ path, runtimeImports }) => [path, runtimeImports]));
  const cycles: string[] = [];
  const done = new Set<string>();

  function visit(path: string, way: readonly string[]): void {
    const start = way.indexOf(path);
    if (start >= 0) {
      cycles.push([...way.slice(start), path].join(" -> "));
      return;
    }
    if (done.has(path)) return;
    for (const target of importsOf.get(path) ?? []) {
      if (importsOf.has(target)) visit(target, [...way, path]);
    }
    done.add(path);
  }

  for (const { path } of sources) visit(path, []);
  return cycles;
}
