// What the traffic is made of, and how often each comes.

import {
  changeSession,
  endAll,
  endOne,
  follow,
  post,
  rotateSession,
  signIn,
  signOut,
  signUp,
  unfollow,
  useSession,
} from "./steps/accounts.ts";
import { configure, redeemToken, remember, tagItem } from "./steps/collections.ts";
import {
  ackTwice,
  lookAtHealth,
  publish,
  readLog,
  receive,
  redrive,
  send,
  subscribeAndLeave,
} from "./steps/messages.ts";
import {
  checkLimits,
  countAndDelete,
  countVisitor,
  increment,
  readCounters,
  resetLimit,
  score,
  scoreAndDelete,
  scoreMany,
} from "./steps/numbers.ts";
import { invalidate, listProducts, readProduct, writeProduct } from "./steps/products.ts";
import type { Step } from "./visitor.ts";

/** Once each, in this order, then by chance, as often as the number says. A password costs 50 ms of processor: seldom. */
const STEPS: readonly (readonly [Step, number])[] = [
  [readProduct, 30],
  [listProducts, 8],
  [writeProduct, 3],
  [invalidate, 2],
  [signIn, 1],
  [useSession, 15],
  [changeSession, 5],
  [rotateSession, 1],
  [follow, 3],
  [post, 3],
  [unfollow, 1],
  [signOut, 0.5],
  [endOne, 0.5],
  [endAll, 0.5],
  [signUp, 0.2],
  [increment, 10],
  [readCounters, 5],
  [countVisitor, 3],
  [countAndDelete, 1],
  [score, 5],
  [scoreMany, 1],
  [scoreAndDelete, 1],
  [checkLimits, 5],
  [resetLimit, 1],
  [tagItem, 3],
  [remember, 3],
  [configure, 3],
  [redeemToken, 3],
  [send, 8],
  [receive, 10],
  [redrive, 1],
  [ackTwice, 1],
  [publish, 10],
  [readLog, 1],
  [subscribeAndLeave, 0.5],
  [lookAtHealth, 1],
];

export const EVERY_STEP: readonly Step[] = STEPS.map(([step]) => step);

/** @param random from 0 to below 1 */
export function chooseStep(random: () => number): Step {
  const total = STEPS.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random() * total;
  for (const [step, weight] of STEPS) {
    left -= weight;
    if (left < 0) return step;
  }
  return readProduct;
}
