// A burst over a window's border: how many pass within any stretch of a window's length.

import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "../harness/bench.ts";
import { createClient, type Algorithm, type Contender } from "./contender.ts";

export const BURST_LIMIT = 10;
const WINDOW_SECONDS = 3;
const WINDOW_MS = WINDOW_SECONDS * 1_000;

interface Passed {
  readonly sent: number;
  readonly answered: number;
}

/** The most of them that surely came within a window: from when the first was sent until the last was answered. */
function mostWithinAWindow(passed: readonly Passed[]): number {
  const within = (first: Passed): number =>
    passed.filter(({ sent, answered }) => sent >= first.sent && answered < first.sent + WINDOW_MS).length;
  return Math.max(0, ...passed.map(within));
}

let runs = 0;

/**
 * One call just behind a border, for windows that begin with their first call; the rest of the limit just before the next
 * border; and as many as the limit `again` ms behind that one.
 */
async function burst({ gateway }: Bench, { open }: Contender, algorithm: Algorithm, againMs: number) {
  runs += 1;
  const limit = { name: `burst-${runs}`, limit: BURST_LIMIT, windowSeconds: WINDOW_SECONDS, algorithm };
  const { call, settle } = createClient(open(gateway, [limit]));
  // Its scripts are known from here on.
  await call("somebody else");

  const passed: Passed[] = [];
  async function callOnce(): Promise<void> {
    const sent = Date.now();
    const status = await call("ada");
    if (status === 200) passed.push({ sent, answered: Date.now() });
  }
  const calls = (count: number): Promise<unknown> => Promise.all(Array.from({ length: count }, callOnce));

  const border = Math.ceil(Date.now() / WINDOW_MS) * WINDOW_MS;
  const at = (ms: number): Promise<void> => sleep(Math.max(0, border + ms - Date.now()));

  await at(30);
  await calls(1);
  await at(WINDOW_MS - 350);
  await calls(BURST_LIMIT - 1);
  await at(WINDOW_MS + againMs);
  await calls(BURST_LIMIT);
  await settle();
  return mostWithinAWindow(passed);
}

export interface Entry {
  readonly contender: Contender;
  readonly algorithm: Algorithm;
}

/**
 * The most of each: of a burst right behind the border, and, for windows weighed by their overlap, of one when the first
 * has almost gone. All wait for the same borders.
 */
export async function mostAcrossABorder(bench: Bench, entries: readonly Entry[]): Promise<number[]> {
  let most = entries.map(() => 0);
  for (const againMs of [300, WINDOW_MS - 600]) {
    const passed = await Promise.all(
      entries.map(({ contender, algorithm }) => burst(bench, contender, algorithm, againMs)),
    );
    most = most.map((count, i) => Math.max(count, passed[i] ?? 0));
  }
  return most;
}
