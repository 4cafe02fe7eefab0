// A request that was filled in: as fetch takes it, and as curl does.

/**
 * @typedef {object} Draft
 * @property {string} method
 * @property {string} path with its parameters in braces
 * @property {Record<string, string>} segments
 * @property {[name: string, value: string][]} query
 * @property {Record<string, string>} headers
 * @property {string | null} body
 */

/** @param {Draft} draft */
export function urlOf({ path, segments, query }) {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(segments[name] ?? ""));
  const search = new URLSearchParams(query).toString();
  return search === "" ? filled : `${filled}?${search}`;
}

/**
 * The same call for a shell. A key that is a secret stands in `$KEY`, not in what may be copied.
 * @param {Draft} draft @param {{ origin: string, withCookie: boolean }} options
 */
export function curlOf(draft, { origin, withCookie }) {
  const { method, headers, body } = draft;
  const parts = [`curl ${quoted(origin + urlOf(draft))}`];
  if (method !== (body === null ? "GET" : "POST")) parts.push(`-X ${method}`);
  if (withCookie) parts.push("-b cookies.txt -c cookies.txt");
  if (headers["Accept"] === "text/event-stream") parts.push("-N");
  for (const [name, value] of Object.entries(headers)) {
    parts.push(
      `-H ${name === "Authorization" && !value.endsWith(" sedge-local") ? '"Authorization: Bearer $KEY"' : quoted(`${name}: ${value}`)}`,
    );
  }
  if (body !== null) parts.push(`-d ${quoted(compact(body))}`);
  return parts.join(" \\\n  ");
}

/** In a line, where it is JSON. @param {string} body */
function compact(body) {
  try {
    return JSON.stringify(JSON.parse(body));
  } catch {
    return body;
  }
}

/** @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
