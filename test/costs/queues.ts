// What each operation of the queues costs at most, as their documentation states it.

import type { Queues, ReceivedMessage } from "../../lib/lists/index.ts";
import type { CostRow } from "../support/costs.ts";

const hundred = Array.from({ length: 100 }, (_, i) => ({ body: { n: i } }));
const deduplicated = hundred.map((message, i) => ({ ...message, dedupId: `d:${i}` }));
const once = { idempotencyKey: "k" };

const send = (queues: Queues) => queues.send("q", hundred);
const sendOnce = (queues: Queues) => queues.send("q", deduplicated, once);
const sendDeduplicated = (queues: Queues) => queues.send("q", deduplicated);
const receive = (queues: Queues) => queues.receive("q", { max: 100, visibilitySeconds: 60 });

/** 100 messages that wait. */
async function sent(queues: Queues): Promise<ReceivedMessage[]> {
  await send(queues);
  return [];
}
async function received(queues: Queues): Promise<ReceivedMessage[]> {
  await send(queues);
  return receive(queues);
}
/** 99 of 100 messages on their last attempt. */
async function lastAttempt(queues: Queues): Promise<ReceivedMessage[]> {
  await queues.configure("q", { maxAttempts: 1 });
  await send(queues);
  return queues.receive("q", { max: 99, visibilitySeconds: 60 });
}
async function receivedTwice(queues: Queues): Promise<ReceivedMessage[]> {
  const messages = await received(queues);
  await queues.extend("q", receiptOf(messages), 0);
  await receive(queues);
  return messages;
}
/** Done before, so that it is done again. */
const before = (run: (queues: Queues) => Promise<unknown>) => async (queues: Queues) => {
  await run(queues);
  return [];
};
const receiptOf = ([message]: readonly ReceivedMessage[]): string => message?.receipt ?? "";

export const QUEUE_COSTS: readonly CostRow<Queues, readonly ReceivedMessage[]>[] = [
  { operation: "`send`, a message", trips: 1, commands: 5, run: (queues) => queues.send("q", [{ body: 1 }]) },
  { operation: "`send`, 100 messages", trips: 1, commands: 5, before: sent, run: send },
  {
    operation: "`send`, 100 messages with dedupIds",
    trips: 1,
    commands: 10,
    before: before(sendDeduplicated),
    laterSeconds: 601,
    run: sendDeduplicated,
  },
  {
    operation: "`send`, 100 messages with dedupIds that were sent",
    trips: 1,
    commands: 10,
    before: before(sendDeduplicated),
    run: sendDeduplicated,
  },
  {
    operation: "`send`, 100 messages with dedupIds and an idempotency key",
    trips: 1,
    commands: 12,
    run: sendOnce,
  },
  {
    operation: "`send`, repeated with an idempotency key",
    trips: 1,
    commands: 7,
    before: before((queues) => queues.send("q", hundred, once)),
    run: (queues) => queues.send("q", hundred, once),
  },
  { operation: "`receive`, none there", trips: 1, commands: 9, run: receive },
  {
    operation: "`receive`, a message",
    trips: 1,
    commands: 9,
    before: sent,
    run: (queues) => queues.receive("q"),
  },
  { operation: "`receive`, 100 messages", trips: 1, commands: 9, before: sent, run: receive },
  {
    operation: "`receive`, 100 messages that were received before",
    trips: 1,
    commands: 9,
    before: received,
    laterSeconds: 60,
    run: receive,
  },
  { operation: "`metrics`", trips: 1, commands: 11, before: sent, run: (queues) => queues.metrics("q") },
  {
    operation: "`metrics`, after 99 messages died",
    trips: 1,
    commands: 11,
    before: lastAttempt,
    laterSeconds: 60,
    run: (queues) => queues.metrics("q"),
  },
  {
    operation: "`configure`",
    trips: 1,
    commands: 1,
    run: (queues) => queues.configure("q", { maxAttempts: 1 }),
  },
  {
    operation: "`dead`, 99 messages",
    trips: 1,
    commands: 6,
    before: lastAttempt,
    laterSeconds: 60,
    run: (queues) => queues.dead("q"),
  },
  {
    operation: "`redrive`, 99 messages",
    trips: 1,
    commands: 7,
    before: lastAttempt,
    laterSeconds: 60,
    run: (queues) => queues.redrive("q"),
  },
  {
    operation: "`purge`, 99 messages",
    trips: 1,
    commands: 6,
    before: lastAttempt,
    laterSeconds: 60,
    run: (queues) => queues.purge("q"),
  },
  {
    operation: "`ack`",
    trips: 1,
    commands: 4,
    before: received,
    run: (queues, messages) => queues.ack("q", receiptOf(messages)),
  },
  {
    operation: "`ack`, of a message that was received again",
    trips: 1,
    commands: 4,
    before: receivedTwice,
    run: (queues, messages) => queues.ack("q", receiptOf(messages)),
  },
  {
    operation: "`extend`",
    trips: 1,
    commands: 4,
    before: received,
    run: (queues, messages) => queues.extend("q", receiptOf(messages), 60),
  },
];
