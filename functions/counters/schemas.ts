// What a counter looks like over HTTP.

import * as v from "valibot";
import { body, name, nameList } from "../http/validation.ts";

const BY_RULE = "must be a whole number from -(2^53 - 1) to 2^53 - 1";

/** How many buckets of each kind are kept. */
const KEPT = { minute: 1_440, hour: 744, day: 366 } as const;
/** The series and its length where nothing is said. */
export const DEFAULT_BUCKET = "hour";
export const DEFAULT_LAST = 24;

const LAST_RULE = "must be a whole number from 1 to 1440 by the minute, 744 by the hour, 366 by the day";
const VISITOR_RULE = "must be 1 to 256 characters";

export const counterName = v.object({
  name: v.pipe(name, v.description("A counter's name."), v.examples(["views"])),
});

export const increment = v.pipe(
  body({
    by: v.exactOptional(
      v.pipe(v.number(BY_RULE), v.safeInteger(BY_RULE), v.description("What to add; negative too.")),
      1,
    ),
  }),
  v.metadata({ ref: "Increment", examples: [{ by: 1 }, { by: -3 }] }),
);

export const visitor = v.pipe(
  body({
    id: v.pipe(
      v.string("must be a string"),
      // Half of a surrogate pair has no UTF-8 of its own: two visitors would be one.
      v.regex(/^[^\p{Cs}]{1,256}$/u, VISITOR_RULE),
      v.description("Who it was: any text. It is not kept."),
    ),
  }),
  v.metadata({ ref: "Visitor", examples: [{ id: "visitor-7f3a" }] }),
);

export const counterNames = v.object({
  names: v.pipe(
    nameList,
    v.description("1 to 100 counters' names, separated by commas."),
    v.metadata({ examples: ["views,signups"] }),
  ),
});

export const seriesQuery = v.pipe(
  v.object({
    bucket: v.exactOptional(
      v.pipe(
        v.picklist(["minute", "hour", "day"], "must be minute, hour or day"),
        v.description("How long each step is; `hour` where it is not given. All begin at UTC's."),
      ),
    ),
    last: v.exactOptional(
      v.pipe(
        v.string("must be given once"),
        v.regex(/^[1-9]\d{0,3}$/, LAST_RULE),
        v.transform(Number),
        v.number(),
        v.integer(),
        v.minValue(1),
        v.maxValue(KEPT.minute, LAST_RULE),
        v.description(
          "How many, the running one included; 24 where it is not given. At most 1,440 by the minute, 744 by the hour, 366 by the day.",
        ),
      ),
    ),
  }),
  v.forward(
    v.check(({ bucket = DEFAULT_BUCKET, last = DEFAULT_LAST }) => last <= KEPT[bucket], LAST_RULE),
    ["last"],
  ),
);

const value = v.pipe(v.number(), v.integer());

export const counter = v.pipe(
  v.object({ name: v.string(), value }),
  v.metadata({ ref: "Counter", examples: [{ name: "views", value: 1_042 }] }),
);

export const counterList = v.pipe(
  v.object({ items: v.array(counter) }),
  v.metadata({
    ref: "CounterList",
    examples: [
      {
        items: [
          { name: "views", value: 1_042 },
          { name: "signups", value: 0 },
        ],
      },
    ],
  }),
);

export const series = v.pipe(
  v.object({
    name: v.string(),
    bucket: v.picklist(["minute", "hour", "day"]),
    items: v.array(
      v.object({
        at: v.pipe(v.string(), v.isoTimestamp(), v.description("When the bucket begins.")),
        value: v.pipe(value, v.description("The sum of its increments.")),
      }),
    ),
  }),
  v.metadata({
    ref: "CounterSeries",
    examples: [
      {
        name: "views",
        bucket: "hour",
        items: [
          { at: "2026-11-01T08:00:00.000Z", value: 0 },
          { at: "2026-11-01T09:00:00.000Z", value: 17 },
        ],
      },
    ],
  }),
);

export const visitors = v.pipe(
  v.object({
    name: v.string(),
    unique: v.pipe(value, v.description("How many different ones there were, to some 0.8 %.")),
  }),
  v.metadata({ ref: "CounterVisitors", examples: [{ name: "views", unique: 311 }] }),
);
