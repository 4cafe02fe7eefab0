// Redis's glob patterns, as PSUBSCRIBE matches them (`stringmatchlen` of Redis 7), in a time that does not depend on how
// many stars there are: after a mismatch only the last star takes one more, for an earlier one could not do better.

/** One character's test, or a star. */
type Token = "*" | ((char: string) => boolean);

/**
 * `*` any characters, `?` one, `[a-z]` one of these, `[^a-z]` one of no these, `\x` x itself. As in Redis, a range may be
 * backwards, a bracket that is never closed ends with the pattern, and `[]` matches nothing.
 *
 * @returns whether a name matches
 */
export function createMatcher(pattern: string): (name: string) => boolean {
  const tokens = tokensOf(pattern);

  return function matches(name) {
    let at = 0;
    let token = 0;
    let star = -1;
    let starAt = 0;
    while (at < name.length) {
      const test = tokens[token];
      if (test === "*") {
        star = token;
        starAt = at;
        token += 1;
      } else if (test?.(name.charAt(at)) === true) {
        at += 1;
        token += 1;
      } else if (star >= 0) {
        starAt += 1;
        at = starAt;
        token = star + 1;
      } else {
        return false;
      }
    }
    return tokens.slice(token).every((left) => left === "*");
  };
}

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < pattern.length) {
    const char = pattern.charAt(at);
    if (char === "[") {
      const [end, test] = bracket(pattern, at + 1);
      tokens.push(test);
      at = end;
      continue;
    }
    if (char === "*") tokens.push("*");
    else if (char === "?") tokens.push(() => true);
    else {
      if (char === "\\" && at + 1 < pattern.length) at += 1;
      const literal = pattern.charAt(at);
      tokens.push((given) => given === literal);
    }
    at += 1;
  }
  return tokens;
}

/** What stands behind an opening bracket. @returns where the pattern goes on, and the test */
function bracket(pattern: string, start: number): [end: number, test: (char: string) => boolean] {
  const negated = pattern.charAt(start) === "^";
  const ranges: [low: string, high: string][] = [];
  let at = negated ? start + 1 : start;
  while (at < pattern.length && pattern.charAt(at) !== "]") {
    const first = pattern.charAt(at);
    if (first === "\\" && at + 1 < pattern.length) {
      const literal = pattern.charAt(at + 1);
      ranges.push([literal, literal]);
      at += 2;
    } else if (pattern.charAt(at + 1) === "-" && at + 2 < pattern.length) {
      const last = pattern.charAt(at + 2);
      ranges.push(first < last ? [first, last] : [last, first]);
      at += 3;
    } else {
      ranges.push([first, first]);
      at += 1;
    }
  }
  const test = (char: string): boolean =>
    ranges.some(([low, high]) => low <= char && char <= high) !== negated;
  return [at + 1, test];
}
