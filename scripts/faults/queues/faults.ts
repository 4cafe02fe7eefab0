// What goes wrong with queues, drawn from a seed.

import { oneOf, type Draw } from "../faults.ts";

export type QueueFault =
  /** Who makes one of the calls to Redis ends there, before it is made or behind it. Calls count from 1 over all. */
  | { readonly kind: "kill"; readonly call: number; readonly behind: boolean }
  /** Redis has made a call, and the answer is lost. */
  | { readonly kind: "answer-lost"; readonly call: number }
  /** A call is given up by who made it, and arrives all the same, so many turns later. */
  | { readonly kind: "late"; readonly call: number; readonly turns: number }
  /** No call arrives, from one of them on. */
  | { readonly kind: "away"; readonly call: number; readonly calls: number }
  /** Time goes on by more than any visibility while consumers work. Turns are of the world. */
  | { readonly kind: "expiry"; readonly turn: number }
  /** Redis's clock jumps. */
  | { readonly kind: "clock"; readonly turn: number; readonly byMs: number }
  /** An operator redrives, which is a call like any other, and time has gone on before so that something is dead. */
  | { readonly kind: "redrive"; readonly turn: number }
  | { readonly kind: "consumers"; readonly how: Habit }
  | { readonly kind: "crowd"; readonly count: number };

export type QueueFaultKind = QueueFault["kind"];

const HABITS = ["slow", "forgetful", "refusing", "stale"] as const;
/** What consumers mostly do: take longer than the visibility, leave messages, give them back, or use receipts of before. */
export type Habit = (typeof HABITS)[number];

const JUMPS_MS = [-86_400_000, -240_000, -20_000, -1_000, 1_000, 20_000, 240_000, 86_400_000] as const;
const LAST_CALL = 40;
const LAST_TURN = 80;

const DRAWS: { readonly [Kind in QueueFaultKind]: (draw: Draw) => QueueFault } = {
  kill: (draw) => ({ kind: "kill", call: draw(1, LAST_CALL), behind: draw(0, 1) === 1 }),
  "answer-lost": (draw) => ({ kind: "answer-lost", call: draw(1, LAST_CALL) }),
  late: (draw) => ({ kind: "late", call: draw(1, LAST_CALL), turns: draw(1, 20) }),
  away: (draw) => ({ kind: "away", call: draw(1, LAST_CALL), calls: draw(1, 8) }),
  expiry: (draw) => ({ kind: "expiry", turn: draw(5, LAST_TURN) }),
  clock: (draw) => ({ kind: "clock", turn: draw(5, LAST_TURN), byMs: oneOf(JUMPS_MS, draw) }),
  redrive: (draw) => ({ kind: "redrive", turn: draw(20, LAST_TURN) }),
  consumers: (draw) => ({ kind: "consumers", how: oneOf(HABITS, draw) }),
  crowd: (draw) => ({ kind: "crowd", count: draw(4, 6) }),
};

export const QUEUE_FAULT_KINDS = Object.keys(DRAWS) as readonly QueueFaultKind[];

/** One fault of each kind in turn with even seeds; with odd ones three at once. */
export function drawQueueFaults(seed: number, draw: Draw): QueueFault[] {
  const first = QUEUE_FAULT_KINDS[Math.floor(seed / 2) % QUEUE_FAULT_KINDS.length] ?? "kill";
  const others = seed % 2 === 0 ? [] : [oneOf(QUEUE_FAULT_KINDS, draw), oneOf(QUEUE_FAULT_KINDS, draw)];
  return [first, ...others].map((kind) => DRAWS[kind](draw));
}
