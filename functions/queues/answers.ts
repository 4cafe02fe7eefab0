// What queues answer over HTTP.

import * as v from "valibot";
import type { DeadMessage, ReceivedMessage } from "../../lib/lists/index.ts";

/** In examples. */
const ID = "1793611800000-000000";

const time = v.pipe(v.string(), v.isoTimestamp());
const count = v.pipe(v.number(), v.integer());
const id = v.pipe(v.string(), v.description("Sorts by the time it was sent."));

export const sent = v.pipe(
  v.object({ ids: v.pipe(v.array(id), v.description("In the order of the messages.")) }),
  v.metadata({ ref: "SentMessages", examples: [{ ids: [ID] }] }),
);

const message = {
  id,
  body: v.unknown(),
  attempts: v.pipe(count, v.description("How often it was received.")),
  enqueuedAt: time,
};

export const received = v.pipe(
  v.object({
    messages: v.array(
      v.object({
        ...message,
        receipt: v.pipe(v.string(), v.description("Acks and extends it, until it is received again.")),
      }),
    ),
  }),
  v.metadata({
    ref: "ReceivedMessages",
    examples: [
      {
        messages: [
          {
            id: ID,
            receipt: `${ID}.1`,
            body: { to: "ada@example.com", template: "welcome" },
            attempts: 1,
            enqueuedAt: "2026-11-01T09:30:00.000Z",
          },
        ],
      },
    ],
  }),
);

export const extended = v.pipe(
  v.object({ receipt: v.pipe(v.string(), v.description("Unchanged.")), visibleAt: time }),
  v.metadata({
    ref: "ExtendedMessage",
    examples: [{ receipt: `${ID}.1`, visibleAt: "2026-11-01T09:31:00.000Z" }],
  }),
);

export const queue = v.pipe(
  v.object({
    queue: v.string(),
    ready: v.pipe(count, v.description("What the next receives would get.")),
    inFlight: v.pipe(count, v.description("Received, and not visible again yet.")),
    delayed: v.pipe(count, v.description("Sent with a delay that is not over.")),
    dead: count,
    oldestAgeSeconds: v.pipe(
      count,
      v.description(
        "Since the oldest message was sent that is neither acked nor dead; 0 where there is none.",
      ),
    ),
  }),
  v.metadata({
    ref: "Queue",
    examples: [{ queue: "mails", ready: 12, inFlight: 3, delayed: 0, dead: 1, oldestAgeSeconds: 41 }],
  }),
);

export const configured = v.pipe(
  v.object({ queue: v.string(), maxAttempts: count }),
  v.metadata({ ref: "ConfiguredQueue", examples: [{ queue: "mails", maxAttempts: 3 }] }),
);

export const deadMessages = v.pipe(
  v.object({
    items: v.array(
      v.object({ ...message, deadAt: v.pipe(time, v.description("When its last visibility ended.")) }),
    ),
    next: v.pipe(v.nullable(v.string()), v.description("The `cursor` of the next page; null at the end.")),
  }),
  v.metadata({
    ref: "DeadMessages",
    examples: [
      {
        items: [
          {
            id: ID,
            body: { to: "ada@example.com", template: "welcome" },
            attempts: 5,
            enqueuedAt: "2026-11-01T09:30:00.000Z",
            deadAt: "2026-11-01T09:32:30.000Z",
          },
        ],
        next: null,
      },
    ],
  }),
);

export const redriven = v.pipe(
  v.object({ moved: count }),
  v.metadata({ ref: "RedrivenMessages", examples: [{ moved: 3 }] }),
);

export const presentedReceived = ({ enqueuedAt, ...rest }: ReceivedMessage) => ({
  ...rest,
  enqueuedAt: enqueuedAt.toISOString(),
});

export const presentedDead = ({ enqueuedAt, deadAt, ...rest }: DeadMessage) => ({
  ...rest,
  enqueuedAt: enqueuedAt.toISOString(),
  deadAt: deadAt.toISOString(),
});
