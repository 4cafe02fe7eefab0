// Who takes part, as installed.

import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";

/** `bentocache 1.6.1`. */
export function nameAndVersion(peer: string): string {
  const path = findPackageJSON(peer, import.meta.url);
  if (path === undefined) throw new Error(`${peer} is not installed.`);
  const { version } = JSON.parse(readFileSync(path, "utf8")) as { version: string };
  return `${peer} ${version}`;
}
