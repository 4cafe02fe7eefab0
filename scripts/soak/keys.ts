// What is in Redis at the end: each key is of a kind that the documents name, lives no longer, and was made by the run.

import type { Ledger } from "./ledger.ts";
import { type Kind, KINDS } from "./kinds.ts";
import type { Rest } from "./rest.ts";

export interface KeyCount {
  readonly kind: string;
  readonly keys: number;
  readonly most: number;
}

export interface KeyReport {
  /** Those that the run has left. */
  readonly keys: readonly string[];
  readonly counts: readonly KeyCount[];
  /** What is not as it must be. */
  readonly problems: readonly string[];
}

export interface KeysOptions {
  readonly rest: Rest;
  /** Of the deployment, with its colon. */
  readonly prefix: string;
  readonly ledger: Ledger;
  /** Keys from before the run: a Redis may be shared. */
  readonly before: ReadonlySet<string>;
}

const NO_EXPIRY = -1;

export async function reportKeys({ rest, prefix, ledger, before }: KeysOptions): Promise<KeyReport> {
  const keys = (await rest.keys(prefix)).filter((key) => !before.has(key)).toSorted();
  const lives = (await rest.run(keys.map((key) => ["PTTL", key]))) as number[];
  const problems: string[] = [];
  const found = new Map<Kind, string[]>();

  keys.forEach((key, i) => {
    const life = lives[i] ?? 0;
    // It has ended between the two questions.
    if (life < NO_EXPIRY) return;
    const kind = KINDS.find(({ pattern }) => pattern.test(key.slice(prefix.length)));
    if (kind === undefined) {
      problems.push(`${key} is of no kind that is known`);
      return;
    }
    found.set(kind, [...(found.get(kind) ?? []), key]);
    const { name, lifeSeconds } = kind;
    if (lifeSeconds === null && life !== NO_EXPIRY) problems.push(`${key} ends, but ${name} last`);
    if (lifeSeconds !== null && (life === NO_EXPIRY || life > lifeSeconds * 1_000)) {
      problems.push(`${key} lives for ${life} ms, but ${name} for ${lifeSeconds} s at most`);
    }
  });

  const counts = [...found].map(([kind, its]) => ({
    kind: kind.name,
    keys: its.length,
    most: kind.most(ledger),
    example: its.at(-1),
  }));
  for (const { kind, keys: number, most, example } of counts) {
    if (number <= most) continue;
    problems.push(`${number} keys of ${kind} (${example}), where ${most} were made and not deleted`);
  }
  return { keys, counts, problems };
}
