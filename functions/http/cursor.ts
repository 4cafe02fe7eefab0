// Where a list goes on, as a text that says nothing to its reader and may change its meaning with a release.

import { base64url } from "../../lib/bytes.ts";

const VERSION = "p1";

/** The cursor behind an id. */
export const encodeCursor = (after: number): string =>
  base64url(new TextEncoder().encode(`${VERSION}:${after}`));

/** The id a cursor stands behind, or undefined for what `encodeCursor` has not made. */
export function decodeCursor(cursor: string): number | undefined {
  if (!/^[A-Za-z0-9_-]{4,40}$/.test(cursor)) return undefined;
  let text: string;
  try {
    text = atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return undefined;
  }
  const after = Number(/^p1:([1-9]\d{0,15})$/.exec(text)?.[1]);
  return Number.isSafeInteger(after) && encodeCursor(after) === cursor ? after : undefined;
}
