// When outcomes are written down: a few at a time, soon, and one request after the other.

import { RedisUnavailableError } from "../../errors.ts";
import type { Budget } from "./budget.ts";
import { commit, type CommitContext } from "./commit.ts";
import type { Served } from "./served.ts";

/** Outcomes that are written down at the latest when there are so many of them, or after so long: a kill repeats no more. */
const MAX_OUTCOMES = 5;
const MAX_WAIT_MS = 200;

export interface Committer {
  /** There is an outcome to write down. */
  outcome(): void;
  /** What has to be over before another delivery begins, lest a kill repeat too much; null: it may. */
  readonly obstacle: Promise<void> | null;
  /**
   * Writes down all there is, and gives back what is left.
   * @returns whether one of those given back is to be looked at at once
   * @throws what went wrong first, in any commit
   */
  finish(): Promise<boolean>;
}

export interface CommitterOptions {
  readonly context: CommitContext;
  readonly served: readonly Served[];
  readonly budget: Budget;
  readonly onLost: (id: string) => void;
}

export function createCommitter({ context, served, budget, onLost }: CommitterOptions): Committer {
  let outcomes = 0;
  let beingWritten = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let isLate = false;
  let underWay: Promise<void> | undefined;
  let again = false;
  const faults: unknown[] = [];

  async function write(each: Served, release: boolean): Promise<void> {
    if (release) each.isOver = true;
    try {
      const { id, work, disabled } = each;
      const committed = await commit(context, id, work, { release, disabled });
      if (committed.kind === "lost") {
        each.isOver = true;
        onLost(id);
      } else if (committed.kind === "released") {
        again ||= committed.again;
      } else {
        each.redefine(committed.definition);
      }
    } catch (error) {
      // Whether it was written is not known, so nothing more may be: whoever takes it up next sees what there is.
      each.isOver = true;
      faults.push(error);
      if (error instanceof RedisUnavailableError) budget.stop();
    }
  }

  /** All of them in one tick, and so in one request. */
  async function writeAll(isLast: boolean): Promise<void> {
    beingWritten = outcomes;
    outcomes = 0;
    isLate = false;
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const due = served.filter((each) => !each.isOver && (isLast || each.isDone || each.work.hasChanges));
    await Promise.all(due.map((each) => write(each, isLast || each.isDone)));
    beingWritten = 0;
  }

  function begin(): void {
    if (underWay !== undefined || !budget.allowsCommit()) return;
    underWay = writeAll(false).finally(() => {
      underWay = undefined;
      if (outcomes >= MAX_OUTCOMES || isLate) begin();
    });
  }

  function late(): void {
    timer = null;
    isLate = true;
    begin();
  }

  return {
    get obstacle() {
      return underWay !== undefined && outcomes + beingWritten >= MAX_OUTCOMES ? underWay : null;
    },
    outcome() {
      outcomes += 1;
      if (outcomes >= MAX_OUTCOMES) begin();
      else timer ??= setTimeout(late, MAX_WAIT_MS);
    },
    async finish() {
      // It may be followed by another.
      for (let last = underWay; last !== undefined; last = underWay) await last;
      await writeAll(true);
      if (faults.length > 0) throw faults[0];
      return again;
    },
  };
}
