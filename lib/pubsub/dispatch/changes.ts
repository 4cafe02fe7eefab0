// What is to be written down for a subscription.

/** Collected between two commits; the last of what is said about one thing counts. */
export interface Changes {
  /** Event → when it is due; null: not any more. */
  readonly due: Map<string, number | null>;
  /** Event → its record; null: not pending any more. */
  readonly pending: Map<string, string | null>;
  /** Lane → the events in it, in order; none: it is empty. */
  readonly lanes: Map<string, readonly string[]>;
  readonly letters: Letter[];
  readonly attempts: string[];
}

/** A dead letter. */
export interface Letter {
  readonly id: string;
  readonly attempts: number;
  readonly status: number | null;
  /** As JSON. */
  readonly event: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export const noChanges = (): Changes => ({
  due: new Map(),
  pending: new Map(),
  lanes: new Map(),
  letters: [],
  attempts: [],
});

export const isEmpty = ({ due, pending, lanes, letters, attempts }: Changes): boolean =>
  due.size + pending.size + lanes.size + letters.length + attempts.length === 0;

type Texts = readonly (string | number)[];

const gone = <V>(map: ReadonlyMap<string, V | null>): string[] =>
  [...map].flatMap(([name, value]) => (value === null ? [name] : []));

/** The lists of a commit, in its order. */
export function listsOf({ due, pending, lanes, letters, attempts }: Changes): readonly Texts[] {
  const held = [...lanes].map(([lane, ids]) => [lane, ids.length === 0 ? null : ids.join(" ")] as const);
  const laneTexts = new Map(held);
  return [
    gone(due),
    [...due].flatMap(([id, at]) => (at === null ? [] : [at, id])),
    gone(pending),
    [...pending].flatMap(([id, record]) => (record === null ? [] : [id, record])),
    gone(laneTexts),
    [...laneTexts].flatMap(([lane, ids]) => (ids === null ? [] : [lane, ids])),
    letters.flatMap(({ id, attempts: made, status, event, at }) => [id, made, status ?? "-", event, at]),
    attempts,
  ];
}
