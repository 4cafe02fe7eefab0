// A request's target taken apart: percent-decoding to bytes, for a key or value in a URL need not be UTF-8.

export interface Target {
  /** As sent, without the leading slash. */
  path: string;
  /** As sent, without the question mark; empty where there is none. */
  query: string;
}

const MALFORMED_ESCAPE = /%(?![0-9a-f]{2})/i;
const ESCAPE = /%([0-9a-f]{2})/gi;

/** Splits an absolute URL. */
export function splitTarget(url: string): Target {
  const pathStart = url.indexOf("/", url.indexOf("://") + 3);
  const queryStart = url.indexOf("?", pathStart);
  if (queryStart === -1) return { path: url.slice(pathStart + 1), query: "" };
  return { path: url.slice(pathStart + 1, queryStart), query: url.slice(queryStart + 1) };
}

/**
 * The path's segments as bytes. An empty segment is an empty argument.
 * @returns null where an escape is malformed
 */
export function pathSegments(path: string): Buffer[] | null {
  const segments: Buffer[] = [];
  for (const part of path.split("/")) {
    const segment = percentDecode(part);
    if (segment === null) return null;
    segments.push(segment);
  }
  return segments;
}

/**
 * The query's pairs in order, as bytes. The value is null where there is no `=` (`?NX`).
 * @returns null where an escape is malformed
 */
export function queryPairs(query: string): [name: Buffer, value: Buffer | null][] | null {
  const pairs: [Buffer, Buffer | null][] = [];
  for (const part of query.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const name = formDecode(equals === -1 ? part : part.slice(0, equals));
    const value = equals === -1 ? null : formDecode(part.slice(equals + 1));
    if (name === null || (value === null && equals !== -1)) return null;
    pairs.push([name, value]);
  }
  return pairs;
}

function formDecode(text: string): Buffer | null {
  return percentDecode(text.replaceAll("+", " "));
}

function percentDecode(text: string): Buffer | null {
  if (!text.includes("%")) return Buffer.from(text);
  if (MALFORMED_ESCAPE.test(text)) return null;
  // What a URL holds besides escapes is ASCII, so each character is one byte.
  return Buffer.from(
    text.replaceAll(ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  );
}
