// What the script answers, read with care: it may have come through anything.

import { RedisUnavailableError } from "../errors.ts";
import type { Stamp } from "./leases.ts";

/** What Redis says of one limit. */
export interface Reply extends Stamp {
  /** It had room for the cost. */
  readonly fits: boolean;
  readonly remaining: number;
  readonly waitMs: number;
  /** Permits given in advance, and how long they may be held from the moment they were asked for. */
  readonly leased: number;
  readonly holdMs: number;
}

/** @throws RedisUnavailableError where it is no answer of the script for `count` limits */
export function readReplies(answer: unknown, count: number): Reply[] {
  if (!Array.isArray(answer) || answer.length !== count) throw new RedisUnavailableError("protocol");
  return answer.map((numbers: unknown) => {
    if (!Array.isArray(numbers) || numbers.length !== 7 || !numbers.every(Number.isSafeInteger)) {
      throw new RedisUnavailableError("protocol");
    }
    const [fits, remaining, waitMs, leased, holdMs, born, part] = numbers as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return { fits: fits === 1, remaining, waitMs, leased, holdMs, born, part };
  });
}
