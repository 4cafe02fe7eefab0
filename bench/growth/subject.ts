// What grows, and what is done with it at each size.

import type { Bench } from "../harness/bench.ts";
import { createConnection, type Redis } from "../../lib/redis/index.ts";

export interface Operation {
  readonly title: string;
  /** What is to be there before each run. Neither counted nor timed. */
  readonly prepare?: (size: number, i: number) => Promise<unknown>;
  readonly run: (size: number, i: number) => Promise<unknown>;
  /** Puts back what the run has taken. Neither counted nor timed. */
  readonly restore?: (size: number, i: number) => Promise<unknown>;
}

export interface Subject {
  /** What there are so many of. */
  readonly elements: string;
  /** Puts so many there, apart from those of other sizes, and throws where the pattern does not see them as its own. */
  readonly fill: (size: number) => Promise<void>;
  readonly operations: readonly Operation[];
}

/** Makes clients, one for each request, as a Worker does: patient, for a machine that is busy measuring is no Redis that is away. */
export function opener({ gateway }: Bench): () => Redis {
  const connection = createConnection({ url: gateway.url, token: gateway.token, timeoutMs: 30_000 });
  return () => connection.open();
}

/** @throws Error where the two differ: the filling has gone wrong, or the pattern has */
export function requireSame(what: string, found: unknown, expected: unknown): void {
  const [left, right] = [JSON.stringify(found), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${what}: ${left}, not ${right}`);
}

/** Four arguments for each of so many are what one command in Lua takes. */
const STEP = 1_900;

/**
 * Runs a script over the numbers from 0 to `size`, in steps. Its ARGV begins with the first number and the one behind the last.
 */
export async function fillBySteps(
  { redis }: Bench,
  size: number,
  script: { readonly lua: string; readonly keys: readonly string[]; readonly args?: readonly string[] },
): Promise<void> {
  for (let from = 0; from < size; from += STEP) {
    const to = Math.min(size, from + STEP);
    const { lua, keys, args = [] } = script;
    await redis.client.eval(lua, keys.length, ...keys, from, to, ...args);
  }
}
