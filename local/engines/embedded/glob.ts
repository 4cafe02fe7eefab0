// Redis's glob on bytes: `*`, `?`, `[a-z]`, `[^a]`, `\` to escape. A port of stringmatchlen (util.c, Redis 7.0),
// with one difference: `*` backtracks to the last star only, which matches the same and never takes exponential time.

const STAR = 0x2a;
const QUESTION = 0x3f;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const CARET = 0x5e;
const DASH = 0x2d;
const BACKSLASH = 0x5c;

/** Matches one byte against the class that begins behind `[` at `start`; says where the class ends. */
function matchClass(pattern: Buffer, start: number, byte: number): { matched: boolean; end: number } {
  let at = start;
  const negated = pattern[at] === CARET;
  if (negated) at++;
  let matched = false;
  // A class left open ends with the pattern, as in Redis.
  while (at < pattern.length && pattern[at] !== CLOSE) {
    if (pattern[at] === BACKSLASH && at + 1 < pattern.length) {
      at++;
      if (pattern[at] === byte) matched = true;
    } else if (pattern[at + 1] === DASH && at + 2 < pattern.length) {
      const [low, high] = [pattern[at] ?? 0, pattern[at + 2] ?? 0].toSorted((a, b) => a - b);
      if (byte >= (low ?? 0) && byte <= (high ?? 0)) matched = true;
      at += 2;
    } else if (pattern[at] === byte) {
      matched = true;
    }
    at++;
  }
  return { matched: matched !== negated, end: at + 1 };
}

/** Matches one byte against the pattern's next token; says where the token ends, or null where it does not match. */
function matchToken(pattern: Buffer, at: number, byte: number): number | null {
  const token = pattern[at];
  if (token === QUESTION) return at + 1;
  if (token === OPEN) {
    const { matched, end } = matchClass(pattern, at + 1, byte);
    return matched ? end : null;
  }
  const literal = token === BACKSLASH && at + 1 < pattern.length ? at + 1 : at;
  return pattern[literal] === byte ? literal + 1 : null;
}

/**
 * Whether a key, field, member or channel matches a pattern, as KEYS and MATCH mean it.
 *
 * @returns true where the whole of `value` matches. Time: length of pattern × length of value at worst.
 */
export function globMatch(pattern: Buffer, value: Buffer): boolean {
  let at = 0;
  let index = 0;
  let starAt = -1;
  let starIndex = 0;
  while (index < value.length) {
    if (pattern[at] === STAR) {
      starAt = ++at;
      starIndex = index;
      continue;
    }
    const next = at < pattern.length ? matchToken(pattern, at, value[index] ?? 0) : null;
    if (next !== null) {
      at = next;
      index++;
    } else if (starAt >= 0) {
      at = starAt;
      index = ++starIndex;
    } else {
      return false;
    }
  }
  while (pattern[at] === STAR) at++;
  return at >= pattern.length;
}
