// What channels and events look like over HTTP.

import * as v from "valibot";
import { isPosition, MAX_TOKEN_TTL_SECONDS } from "../../lib/pubsub/index.ts";
import { jsonValue } from "../http/json-value.ts";
import { body, limit, name, pattern } from "../http/validation.ts";

/** Of a body that is an event. */
export const MAX_EVENT_BYTES = 262_144;

const TTL_RULE = `must be a whole number from 1 to ${MAX_TOKEN_TTL_SECONDS}`;

export const channelName = v.object({
  channel: v.pipe(name, v.description("A channel's name."), v.examples(["shop:orders"])),
});

export const channelPattern = v.object({
  channel: v.pipe(
    pattern,
    v.description(
      "A channel's name, or a pattern of names with `*`, `?`, `[…]` and `\\`, as Redis has them; `*` crosses `:`. " +
        "Percent-encoded where a URL needs it.",
    ),
    v.examples(["shop:orders"]),
  ),
});

export const newEvent = v.pipe(
  body({
    data: v.pipe(jsonValue, v.description("Any JSON.")),
    type: v.exactOptional(v.pipe(name, v.description("What kind of event it is."))),
    key: v.exactOptional(
      v.pipe(
        name,
        v.description("What it is about: events of a channel with the same key are delivered in order."),
      ),
    ),
  }),
  v.metadata({
    ref: "NewEvent",
    examples: [
      { data: { orderId: 7, total: 48_900 }, type: "order-paid", key: "order-7" },
      { data: "hello" },
    ],
  }),
);

export const eventsQuery = v.object({
  after: v.exactOptional(
    v.pipe(
      v.string("must be given once"),
      v.check(isPosition, "must be an event's id, or 0"),
      v.description("Reads behind this id; `0`, from the oldest kept, where it is not given."),
    ),
  ),
  limit: v.exactOptional(v.pipe(limit, v.description("Events at most; 100 where it is not given."))),
  token: v.exactOptional(
    v.pipe(v.string("must be given once"), v.description("A read token, instead of a key.")),
  ),
});

export const newReadToken = v.pipe(
  body({
    ttlSeconds: v.exactOptional(
      v.pipe(
        v.number(TTL_RULE),
        v.integer(TTL_RULE),
        v.minValue(1, TTL_RULE),
        v.maxValue(MAX_TOKEN_TTL_SECONDS, TTL_RULE),
        v.description("How long it is good; an hour at most."),
      ),
      300,
    ),
  }),
  v.metadata({ ref: "NewReadToken", examples: [{ ttlSeconds: 600 }, {}] }),
);

const ID_EXAMPLE = "1793523600123-0";
const id = v.pipe(v.string(), v.description("Sorts by time."));

export const published = v.pipe(
  v.object({ id, channel: v.string() }),
  v.metadata({ ref: "PublishedEvent", examples: [{ id: ID_EXAMPLE, channel: "shop:orders" }] }),
);

const EVENT_EXAMPLE = {
  id: ID_EXAMPLE,
  channel: "shop:orders",
  type: "order-paid",
  key: "order-7",
  data: { orderId: 7, total: 48_900 },
  at: "2026-11-01T09:00:00.123Z",
};

export const event = v.pipe(
  v.object({
    id,
    channel: v.string(),
    type: v.nullable(v.string()),
    key: v.nullable(v.string()),
    data: v.unknown(),
    at: v.pipe(v.string(), v.isoTimestamp()),
  }),
  v.metadata({ ref: "Event", examples: [EVENT_EXAMPLE] }),
);

export const eventList = v.pipe(
  v.object({
    items: v.array(event),
    next: v.pipe(
      v.nullable(v.string()),
      v.description(
        "Goes into `after`; null when there is no more now. A page may hold less than `limit`, and yet have one.",
      ),
    ),
    gap: v.exactOptional(
      v.pipe(
        v.object({ after: v.string(), first: v.nullable(v.string()) }),
        v.description(
          "There where history was trimmed: whatever is missing lies between these two. `first` is the first event read behind it, " +
            "null where there is none yet.",
        ),
      ),
    ),
  }),
  v.metadata({ ref: "EventList", examples: [{ items: [EVENT_EXAMPLE], next: null }] }),
);

export const readToken = v.pipe(
  v.object({
    token: v.pipe(v.string(), v.description("Shown this once.")),
    pattern: v.string(),
    expiresAt: v.pipe(v.string(), v.isoTimestamp()),
  }),
  v.metadata({
    ref: "ReadToken",
    examples: [
      {
        token: "h1c0tHh4dJXkJvQqEqZyVbNnR8mP2sWfLkT7uYxG3aE",
        pattern: "shop:*",
        expiresAt: "2026-11-01T09:05:00.000Z",
      },
    ],
  }),
);
