// How exact a limit is: how many pass, and what a refusal takes.

import type { Bench } from "../harness/bench.ts";
import { createClient, expectStatus, LONG_SECONDS, type Algorithm, type Contender } from "./contender.ts";

const PASSED = 200;
const ISOLATES = 10;
const CALLS_EACH = 30;
const LIMIT = 100;

/** Limits of this run's own, one after the other. */
let runs = 0;
const nameOf = (what: string): string => `${what}-${(runs += 1)}`;

export interface Exactness {
  /** Of 300 calls to a limit of 100, by 10 isolates at once. */
  readonly passed: number;
  /** Of 3 left, when a call of 5 was refused; null where calls have no weight. */
  readonly lostToWeight: number | null;
  /** Of 24, by 4 calls that one limit refused, from the other two: with each of the three the one that refuses. */
  readonly lostToOthers: number;
}

async function passedOf({ gateway }: Bench, { open }: Contender, algorithm: Algorithm): Promise<number> {
  const limit = { name: nameOf("crowd"), limit: LIMIT, windowSeconds: LONG_SECONDS, algorithm };
  const isolates = Array.from({ length: ISOLATES }, () => createClient(open(gateway, [limit])));
  const passed = await Promise.all(
    isolates.map(async ({ call, settle }) => {
      let count = 0;
      for (let i = 0; i < CALLS_EACH; i += 1) {
        if ((await call("ada")) === PASSED) count += 1;
      }
      await settle();
      return count;
    }),
  );
  return passed.reduce((sum, count) => sum + count, 0);
}

/** How many calls pass until one is refused. */
async function left(call: (client: string) => Promise<number>, most: number): Promise<number> {
  let count = 0;
  while (count < most && (await call("ada")) === PASSED) count += 1;
  return count;
}

async function lostToWeightOf({ gateway }: Bench, contender: Contender, algorithm: Algorithm) {
  if (!contender.canWeigh) return null;
  const limit = { name: nameOf("weight"), limit: 10, windowSeconds: LONG_SECONDS, algorithm };
  const { call } = createClient(contender.open(gateway, [limit]));
  await expectStatus(call("ada", 7), 200);
  await expectStatus(call("ada", 5), 429);
  return 3 - (await left(call, 3));
}

async function lostToOthersOf({ gateway }: Bench, { open }: Contender, algorithm: Algorithm) {
  const refused = 4;
  let lost = 0;
  for (const refusing of [0, 1, 2]) {
    const limits = ["ip", "user", "key"].map((name, i) => ({
      name: nameOf(name),
      limit: i === refusing ? 1 : 1 + refused,
      windowSeconds: LONG_SECONDS,
      algorithm,
    }));
    const { call } = createClient(open(gateway, limits));
    await expectStatus(call("ada"), 200);
    for (let i = 0; i < refused; i += 1) await expectStatus(call("ada"), 429);
    for (const [i, limit] of limits.entries()) {
      const alone = createClient(open(gateway, [limit]));
      if (i !== refusing) lost += refused - (await left(alone.call, refused));
    }
  }
  return lost;
}

export async function exactnessOf(
  bench: Bench,
  contender: Contender,
  algorithm: Algorithm,
): Promise<Exactness> {
  return {
    passed: await passedOf(bench, contender, algorithm),
    lostToWeight: await lostToWeightOf(bench, contender, algorithm),
    lostToOthers: await lostToOthersOf(bench, contender, algorithm),
  };
}
