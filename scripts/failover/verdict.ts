// What came of it: how each operation was answered, and what is there of what was promised.

import type { Book, Try } from "./traffic.ts";
import type { Effect, Label } from "./types.ts";

/** When what happened, in the milliseconds of the books. */
export interface Moments {
  readonly failed: number;
  /** What was acknowledged until then, the replica had. */
  readonly replicated: number;
}

export interface AnswersVerdict {
  readonly name: string;
  readonly tried: number;
  readonly acknowledged: number;
  readonly fellThrough: number;
  /** How often, by how. */
  readonly refused: ReadonlyMap<string, number>;
  readonly slowestMs: number;
  readonly boundMs: number;
  /** From the failure on, until one was acknowledged and none refused any more. Null: none was refused. */
  readonly backAfterMs: number | null;
  readonly violations: readonly string[];
}

export interface EffectVerdict {
  readonly name: string;
  readonly acknowledged: number;
  readonly there: number;
  /** Acknowledged, with the replica when the master failed or acknowledged later, and not there. */
  readonly lostThoughReplicated: number;
  /** Acknowledged in the last moment, maybe by the master alone, and not there. */
  readonly lost: number;
  readonly unknown: number;
  readonly unknownThere: number;
  readonly twice: number;
  readonly remark: string;
  readonly violations: readonly string[];
}

/** Room for a machine that is busy with a whole Cluster. */
const SLACK_MS = 1_500;

const isServed = ({ answer }: Try): boolean => answer === "acknowledged";

export function judgeAnswers({ operation, tries }: Book, { failed }: Moments): AnswersVerdict {
  const { name, boundMs } = operation;
  const refused = new Map<string, number>();
  for (const { answer } of tries) {
    if (answer !== "acknowledged" && answer !== "fell through")
      refused.set(answer, (refused.get(answer) ?? 0) + 1);
  }
  const slowestMs = Math.max(0, ...tries.map(({ begun, ended }) => ended - begun));
  const last = tries.findLastIndex((one) => !isServed(one));
  const back = tries.slice(last + 1).find(isServed);
  const wrong = [...new Set(tries.filter(({ isWrong }) => isWrong).map(({ answer }) => answer))];
  return {
    name,
    tried: tries.length,
    acknowledged: tries.filter(isServed).length,
    fellThrough: tries.filter(({ answer }) => answer === "fell through").length,
    refused,
    slowestMs,
    boundMs,
    backAfterMs: last === -1 ? null : (back?.ended ?? Number.POSITIVE_INFINITY) - failed,
    violations: [
      ...wrong.map((answer) => `${name}: answered with ${answer}`),
      ...(slowestMs > boundMs + SLACK_MS ? [`${name}: an answer took ${Math.round(slowestMs)} ms`] : []),
      ...(back === undefined ? [`${name}: not acknowledged any more`] : []),
    ],
  };
}

export async function judgeEffect(
  effect: Effect,
  { tries }: Book,
  { failed, replicated }: Moments,
): Promise<EffectVerdict> {
  const { name, mayRepeat = false } = effect;
  const byLabel = new Map<Label, Try[]>();
  for (const one of tries) byLabel.set(one.label, [...(byLabel.get(one.label) ?? []), one]);
  const counts = await effect.counts([...byLabel.keys()]);
  const sums = {
    acknowledged: 0,
    there: 0,
    lostThoughReplicated: 0,
    lost: 0,
    unknown: 0,
    unknownThere: 0,
    twice: 0,
  };
  const violations: string[] = [];

  for (const [label, own] of byLabel) {
    const count = counts.get(label) ?? 0;
    const acknowledged = own.find(isServed);
    if (count > 1 && !mayRepeat) {
      sums.twice += 1;
      violations.push(`${name}: ${label} is there ${count} times`);
    }
    if (acknowledged !== undefined) {
      sums.acknowledged += 1;
      if (count > 0) sums.there += 1;
      else if (acknowledged.ended > replicated && acknowledged.begun <= failed) sums.lost += 1;
      else {
        sums.lostThoughReplicated += 1;
        violations.push(
          `${name}: ${label}, acknowledged at ${Math.round(acknowledged.ended - failed)} ms, is lost`,
        );
      }
    } else if (own.some(({ isUnknown }) => isUnknown)) {
      sums.unknown += 1;
      if (count > 0) sums.unknownThere += 1;
    } else if (count > 0 && own.every(({ answer }) => answer === "breaker-open")) {
      violations.push(`${name}: ${label} was refused before it was sent, and is there`);
    }
  }
  const remark = effect.remark?.() ?? "";
  return { name, ...sums, remark, violations: [...violations, ...(effect.faults?.() ?? [])] };
}
