// Values at the borders that /openapi.json draws, and just beyond them, as JSON.

const BORDERS = new Set(["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"]);
/** Longer than this is no text or list of one field, but a body that is too large: see HUGE_VALUES. */
const MAX_LENGTH = 40_000;

/** Each number that a keyword or a pattern's quantifier names, once. */
function bordersOf(value: unknown, found = new Set<number>()): Set<number> {
  if (typeof value !== "object" || value === null) return found;
  for (const [key, part] of Object.entries(value)) {
    if (BORDERS.has(key) && typeof part === "number") found.add(part);
    else if (key === "pattern" && typeof part === "string") {
      for (const [, low, high] of part.matchAll(/\{(\d+),(\d+)\}/g)) found.add(Number(low)).add(Number(high));
    } else bordersOf(part, found);
  }
  return found;
}

/** @param document of which every border is taken, whichever field it is of: each is tried on all of them */
export function borderValues(document: unknown): string[] {
  const borders = [...bordersOf(document)];
  const numbers = borders.flatMap((n) => [n - 1, n, n + 1, n + 0.5, -n].map(String));
  const lengths = borders.filter((n) => n >= 0 && n <= MAX_LENGTH);
  const texts = lengths.flatMap((n) => [n, n + 1].map((length) => `"${"a".repeat(length)}"`));
  const lists = lengths.flatMap((n) =>
    [n, n + 1].map((length) => `[${Array(length).fill('"a"').join(",")}]`),
  );
  return [...new Set([...numbers, ...texts, ...lists])];
}
