// A dispatcher that is killed, or that loses an answer, at a call to Redis that the test chooses.

import { RedisUnavailableError } from "../../../../lib/errors.ts";
import type { Redis } from "../../../../lib/redis/index.ts";

export type End =
  /** Killed before the call: Redis never sees it, nor any other. */
  | "before"
  /** Killed behind it: Redis has done it. */
  | "after"
  /** Its answer is lost, and the dispatcher lives. */
  | "answer-lost"
  /** It never arrives, and the dispatcher lives. */
  | "not-sent";

export interface Mortal {
  readonly redis: Redis;
  /** Whether it came so far. */
  readonly struck: boolean;
  /** Whether nothing may happen any more. */
  readonly isDead: boolean;
  /** Resolves when it is killed. */
  readonly death: Promise<"killed">;
  /** Calls so far. */
  readonly calls: number;
}

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** @param at which call, 1 for the first */
export function createMortal(redis: Redis, at: number, end: End): Mortal {
  let calls = 0;
  let isDead = false;
  const death = Promise.withResolvers<"killed">();

  function die<T>(): Promise<T> {
    isDead = true;
    death.resolve("killed");
    return never();
  }

  async function call<T>(ask: () => Promise<T>): Promise<T> {
    if (isDead) return never();
    calls += 1;
    if (calls !== at) {
      const reply = await ask();
      return isDead ? never() : reply;
    }
    if (end === "before") return die();
    if (end === "not-sent") throw new RedisUnavailableError("network");
    // What was sent with it in the same tick is done too.
    await ask();
    if (end === "after") return die();
    throw new RedisUnavailableError("timeout");
  }

  return {
    redis: {
      send: (add) => call(() => redis.send(add)),
      run: (script, keys, args) => call(() => redis.run(script, keys, args)),
      meter: redis.meter,
    },
    get struck() {
      return calls >= at;
    },
    get isDead() {
      return isDead;
    },
    death: death.promise,
    get calls() {
      return calls;
    },
  };
}
