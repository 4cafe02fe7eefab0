// What the run has made and not deleted: what may be in Redis at its end, by kind.

export interface Ledger {
  /** @param lifeSeconds after which it is gone by itself; for ever where it is not given */
  add(kind: string, name: string, lifeSeconds?: number): void;
  delete(kind: string, name: string): void;
  /** Those of a kind that there are. */
  names(kind: string): string[];
  /** How many these are. */
  count(kind: string): number;
}

/** Redis expires by its own clock, and an answer takes its time: so much longer something may still be there. */
const SLACK_MS = 5_000;

export function createLedger(now: () => number = Date.now): Ledger {
  /** By kind, and name: until when. */
  const kinds = new Map<string, Map<string, number>>();
  const of = (kind: string): Map<string, number> => {
    const known = kinds.get(kind) ?? new Map<string, number>();
    kinds.set(kind, known);
    return known;
  };
  const names = (kind: string): string[] =>
    [...of(kind)].filter(([, until]) => until > now()).map(([name]) => name);
  return {
    add: (kind, name, lifeSeconds = Infinity) =>
      void of(kind).set(name, now() + lifeSeconds * 1_000 + SLACK_MS),
    delete: (kind, name) => void of(kind).delete(name),
    names,
    count: (kind) => names(kind).length,
  };
}
