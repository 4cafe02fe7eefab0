// What came of a subscription's events, over HTTP.

import * as v from "valibot";
import { event } from "../channels/schemas.ts";
import { nextPage } from "../http/page.ts";

const time = v.pipe(v.string(), v.isoTimestamp());
const count = v.pipe(v.number(), v.integer());

const status = v.pipe(
  v.nullable(count),
  v.description("What its receiver answered; null where there was no answer."),
);

export const deliveryPage = v.pipe(
  v.object({
    items: v.array(
      v.object({
        eventId: v.pipe(
          v.nullable(v.string()),
          v.description(
            "null where the log had trimmed events before it got to them: `error` says how many.",
          ),
        ),
        attempt: v.pipe(count, v.description("1 is the first.")),
        status,
        at: time,
        durationMs: count,
        error: v.pipe(v.nullable(v.string()), v.description("Why it failed; null where it was taken.")),
      }),
    ),
    next: nextPage,
  }),
  v.metadata({
    ref: "DeliveryPage",
    examples: [
      {
        items: [
          {
            eventId: "1793611800000-0",
            attempt: 2,
            status: 503,
            at: "2026-11-02T09:30:02.104Z",
            durationMs: 87,
            error: "answered 503",
          },
        ],
        next: null,
      },
    ],
  }),
);

export const deadPage = v.pipe(
  v.object({
    items: v.array(
      v.object({
        event,
        attempts: count,
        lastStatus: status,
        deadAt: time,
      }),
    ),
    next: nextPage,
  }),
  v.metadata({
    ref: "DeadPage",
    examples: [
      {
        items: [
          {
            event: {
              id: "1793611800000-0",
              channel: "user:events",
              type: "signup",
              key: "42",
              data: { userId: "42" },
              at: "2026-11-02T09:30:00.000Z",
            },
            attempts: 8,
            lastStatus: 503,
            deadAt: "2026-11-03T16:41:15.018Z",
          },
        ],
        next: null,
      },
    ],
  }),
);

export const replayed = v.pipe(
  v.object({ replayed: v.pipe(count, v.description("How many were given back.")) }),
  v.metadata({ ref: "Replayed", examples: [{ replayed: 3 }] }),
);
