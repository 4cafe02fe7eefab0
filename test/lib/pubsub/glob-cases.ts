// Patterns and names made by chance, such that many match and all the odd corners of Redis's globs come up.

import { createRandom, type Random } from "../../local/engines/differential/random.ts";

const words = (text: string): string[] => text.trim().split(/\s+/);

/** What patterns are made of, the odd ones too: brackets that end at once or never, ranges that are none. */
const PIECES = words(String.raw`
  a a b b : - ? ? * * * * * * * * ** *? \ \* \a \\ ^ ] a]
  [ab] [a-c] [c-a] [^a] [^a-b:] [] []a] [^] [^]a] [a-] [-a] [a-b-c]
  [ [^ [a [a- [a-b [\]] [\ [a\ [\a-c] [a-\] [*] [?-] [[] [a^]`);
const CHARACTERS = words(String.raw`a a a b b b c : : - - ^ * [ ] \ `);

const textOf = (random: Random, pieces: readonly string[], most: number): string =>
  Array.from({ length: random.integer(1, most) }, () => random.pick(pieces)).join("");

function several(count: number, make: () => string): string[] {
  const all = new Set<string>();
  while (all.size < count) all.add(make());
  return [...all];
}

export interface GlobCases {
  patterns: string[];
  names: string[];
}

/** The same for the same seed. No two are equal. */
export function globCases(seed: number, patterns: number, names: number): GlobCases {
  const random = createRandom(seed);
  return {
    patterns: several(patterns, () => textOf(random, PIECES, 5)),
    names: several(names, () => textOf(random, CHARACTERS, 7)),
  };
}
