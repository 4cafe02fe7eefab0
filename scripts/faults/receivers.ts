// How receivers answer.

import type { Delivery } from "../../lib/pubsub/index.ts";
import { oneOf, type BadReceiver, type Draw } from "./faults.ts";
import type { Attempt } from "./history.ts";

/** What a receiver does with a delivery; when it never answers, it is `silent`. */
export interface Reaction {
  readonly answer: Attempt["answer"];
  /** Null: it never answers. */
  readonly delivery: Delivery | null;
  /** Whether its answer comes when nobody waits for it any more. */
  readonly isLate: boolean;
}

const answered = (delivery: Delivery): Reaction => ({ answer: delivery.kind, delivery, isLate: false });
const failed = (status: number | null, retryAfterSeconds?: number): Reaction =>
  answered({ kind: "failed", status, error: `answered ${status}`, retryAfterSeconds });

export const WELL: Reaction = answered({ kind: "delivered", status: 200 });

const REACTIONS: { readonly [How in Exclude<BadReceiver, "moody">]: (draw: Draw) => Reaction } = {
  "500": () => failed(500),
  "429": (draw) => failed(429, draw(1, 100)),
  "302": () => failed(302),
  "410": () => answered({ kind: "gone", status: 410 }),
  absent: () => failed(null),
  hangs: () => ({ answer: "silent", delivery: null, isLate: false }),
  late: () => ({ answer: "delivered", delivery: null, isLate: true }),
};
const MOODS = ["500", "429", "302", "absent", "hangs", "late"] as const;

/**
 * @param how null for one that is well
 * @param tries how often an event fails before it is taken
 */
export function reactionOf(how: BadReceiver | null, attempt: number, tries: number, draw: Draw): Reaction {
  if (how === null || attempt > tries) return WELL;
  if (how !== "moody") return REACTIONS[how](draw);
  return draw(0, 1) === 0 ? WELL : REACTIONS[oneOf(MOODS, draw)](draw);
}
