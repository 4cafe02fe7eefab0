// The times when nobody answers because wrangler died and is started again (cloudflare/workers-sdk issues 15317 and 15451): of the
// development server, not of what is tested in it. So what meets one is counted apart.

import { setTimeout as delay } from "node:timers/promises";

export interface Interruptions {
  /** How often wrangler was started again. */
  readonly count: number;
  /** How many calls and streams met that. What came of them is not known. */
  readonly met: number;
  /** A line that the runner has printed. @returns whether it is of an interruption */
  hear(line: string): boolean;
  /** Somebody found nobody there. @returns whether that was an interruption, which is over then */
  wasOne(): Promise<boolean>;
}

const BEGINS = "it is started again.";
/** The line comes a moment after the end. */
const TOLD_WITHIN_MS = 3_000;
const OVER_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;

async function until(isSo: () => boolean | Promise<boolean>, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  while (!(await isSo())) {
    if (performance.now() > end) return false;
    await delay(LOOK_EVERY_MS);
  }
  return true;
}

/** @param answers whether the Worker does */
export function createInterruptions(answers: () => Promise<boolean>): Interruptions {
  let count = 0;
  let met = 0;
  let isOne = false;
  let overAt = -Infinity;

  return {
    get count() {
      return count;
    },
    get met() {
      return met;
    },
    hear(line) {
      if (line.endsWith(BEGINS)) {
        isOne = true;
        count += 1;
      }
      return isOne;
    },
    async wasOne() {
      const wasTold = await until(() => isOne || performance.now() - overAt < TOLD_WITHIN_MS, TOLD_WITHIN_MS);
      if (!wasTold) return false;
      met += 1;
      if (isOne && (await until(answers, OVER_WITHIN_MS))) {
        isOne = false;
        overAt = performance.now();
      }
      return true;
    },
  };
}
