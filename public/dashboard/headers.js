// What the headers of an answer say: its price, the limits, the cache.

/**
 * @typedef {{ trips: number, commands: number, redisMs: number }} Price
 * @typedef {{ name: string, limit: number, windowSeconds: number, remaining: number, resetSeconds: number }} LimitState
 * @typedef {"hit" | "miss" | "stale" | "bypass"} CacheOutcome
 */

/** @param {string | null | undefined} serverTiming @returns {Price | null} */
export function priceOf(serverTiming) {
  const found = /\bredis;dur=([\d.]+);desc="trips=(\d+) commands=(\d+)"/.exec(serverTiming ?? "");
  if (found === null) return null;
  return { redisMs: Number(found[1]), trips: Number(found[2]), commands: Number(found[3]) };
}

/** @param {Headers} headers @returns {LimitState[]} */
export function limitsOf(headers) {
  const left = new Map(
    Array.from((headers.get("RateLimit") ?? "").matchAll(/"([^"]+)";r=(\d+);t=(\d+)/g), ([, name, r, t]) => [
      name,
      { remaining: Number(r), resetSeconds: Number(t) },
    ]),
  );
  const policies = (headers.get("RateLimit-Policy") ?? "").matchAll(/"([^"]+)";q=(\d+);w=(\d+)/g);
  return Array.from(policies).flatMap(([, name = "", q, w]) => {
    const state = left.get(name);
    return state === undefined ? [] : [{ name, limit: Number(q), windowSeconds: Number(w), ...state }];
  });
}

/** RFC 9211, as Sedge says it. @param {Headers} headers @returns {CacheOutcome | null} */
export function cacheOutcomeOf(headers) {
  const status = headers.get("Cache-Status") ?? "";
  if (/^sedge; hit\b/.test(status)) return "hit";
  const forward = /^sedge; fwd=(miss|stale|bypass)\b/.exec(status)?.[1];
  return forward === undefined ? null : /** @type {CacheOutcome} */ (forward);
}
