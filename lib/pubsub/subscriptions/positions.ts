// Where a subscription stands in its families.

import { mayHold, scopeOf } from "../families.ts";
import type { Mark } from "../heads.ts";
import { compareIds } from "../ids.ts";
import type { Progress } from "./records.ts";

/** FAMILY → its last event, or the last that is gone. */
export type Marks = ReadonlyMap<string, Mark>;

/** The families that a pattern may have channels in. */
export function familiesOf(pattern: string, heads: Marks): string[] {
  const scope = scopeOf(pattern);
  if (scope.kind === "family") return heads.has(scope.family) ? [scope.family] : [];
  return [...heads.keys()].filter((family) => family.startsWith(scope.prefix));
}

/**
 * Positions for who begins behind `since`. Families that are not in the answer begin at `since` itself, and with their first event: they are
 * younger, or have nothing before it that is gone. A number is the least it can be, for what is between `since` and the
 * oldest kept is not looked at; so `lag` is never less than it is.
 */
export function startPositions(
  pattern: string,
  since: string,
  heads: Marks,
  trimmed: Marks,
): Map<string, Mark> {
  const after = new Map<string, Mark>();
  for (const family of familiesOf(pattern, heads)) {
    const head = heads.get(family);
    const gone = trimmed.get(family);
    if (head !== undefined && compareIds(head.id, since) <= 0) after.set(family, head);
    else if (gone !== undefined)
      after.set(family, compareIds(gone.id, since) < 0 ? { id: since, n: gone.n } : gone);
  }
  return after;
}

/** Who listens, and how far it has got. */
export interface Standing {
  readonly pattern: string;
  readonly since: string;
  readonly progress: Progress;
}

/** Where it stands in a family. */
export const positionIn = ({ since, progress }: Omit<Standing, "pattern">, family: string): Mark =>
  progress.after.get(family) ?? { id: since, n: 0 };

/** The families with events that nobody has looked at for it. */
export function familiesBehind(standing: Standing, heads: Marks): string[] {
  return familiesOf(standing.pattern, heads).filter((family) => {
    const head = heads.get(family);
    return head !== undefined && compareIds(head.id, positionIn(standing, family).id) > 0;
  });
}

/** How many events it has not got. */
export function lagOf(standing: Standing, heads: Marks): number {
  let lag = standing.progress.pending;
  for (const family of familiesBehind(standing, heads)) {
    const done = standing.progress.done.get(family)?.length ?? 0;
    lag += (heads.get(family)?.n ?? 0) - positionIn(standing, family).n - done;
  }
  return lag;
}

/** Up to where all of them have seen a family; undefined where none listens to it. */
export function seenBy(standings: readonly Standing[], family: string): string | undefined {
  return standings
    .filter(({ pattern }) => mayHold(family, pattern))
    .map((standing) => positionIn(standing, family).id)
    .toSorted(compareIds)[0];
}
