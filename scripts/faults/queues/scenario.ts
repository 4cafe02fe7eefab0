// What a run with queues is about, all of it by the seed.

import { createRandom } from "../../../local/seed/random.ts";
import { oneOf, type Draw } from "../faults.ts";
import { drawQueueFaults, type Habit, type QueueFault } from "./faults.ts";

/** Longer than any visibility and any delay that is asked for. */
export const LONGEST_MS = 100_000;

export interface SendPlan {
  readonly messages: readonly { readonly delaySeconds: number; readonly dedupId: string | undefined }[];
  /** Made again until there is an answer: under one idempotency key, or by its dedupIds. */
  readonly insists: "by key" | "by dedupIds" | null;
}

export interface QueueScenario {
  readonly random: () => number;
  readonly draw: Draw;
  readonly faults: readonly QueueFault[];
  /** For each producer, what it sends. */
  readonly producers: readonly (readonly SendPlan[])[];
  /** For each consumer, how often it receives. */
  readonly consumers: readonly number[];
  readonly habit: Habit | null;
  readonly maxAttempts: number;
}

function drawSend(draw: Draw): SendPlan {
  const deduplicates = draw(1, 3) === 1;
  const messages = Array.from({ length: draw(1, 5) }, () => ({
    delaySeconds: draw(1, 5) === 1 ? draw(1, 90) : 0,
    dedupId: deduplicates ? `d${draw(1, 6)}` : undefined,
  }));
  if (draw(1, 3) === 1) return { messages, insists: "by key" };
  return { messages, insists: deduplicates ? "by dedupIds" : null };
}

/** The same for the same seed. @param faults instead of those drawn */
export function createQueueScenario(seed: number, faults?: readonly QueueFault[]): QueueScenario {
  const random = createRandom(seed);
  const draw: Draw = (from, to) => from + Math.floor(random() * (to - from + 1));
  const drawn = drawQueueFaults(seed, draw);
  const all = faults ?? drawn;
  const crowd = all.find((fault) => fault.kind === "crowd")?.count ?? draw(1, 3);
  return {
    random,
    draw,
    faults: all,
    producers: Array.from({ length: draw(1, 2) }, () =>
      Array.from({ length: draw(3, 8) }, () => drawSend(draw)),
    ),
    consumers: Array.from({ length: crowd }, () => draw(5, 12)),
    habit: all.find((fault) => fault.kind === "consumers")?.how ?? null,
    maxAttempts: oneOf([1, 2, 3, 5], draw),
  };
}
