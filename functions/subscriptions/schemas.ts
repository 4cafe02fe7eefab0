// What subscriptions look like over HTTP.

import * as v from "valibot";
import { isPosition } from "../../lib/pubsub/index.ts";
import { isSecret, SECRET_RULE } from "../../lib/webhooks/index.ts";
import { nextPage } from "../http/page.ts";
import { body, limit, name, pattern } from "../http/validation.ts";

const START_RULE = 'must be "new", "oldest" or the id of an event';

export const subscriptionId = v.object({
  id: v.pipe(name, v.description("A subscription's id."), v.examples(["Yx3v0cR8mQp5tL2a"])),
});

const url = v.pipe(
  v.string("must be a string"),
  v.description(
    "Where its events are sent: an https URL of the public internet, without a user name. (Under `npm run dev` http and local " +
      "addresses too.)",
  ),
);

export const newSubscription = v.pipe(
  body({
    pattern: v.pipe(
      pattern,
      v.description("A channel, or a pattern of channels as Redis's PSUBSCRIBE takes it."),
    ),
    url,
    start: v.exactOptional(
      v.pipe(
        v.string(START_RULE),
        v.check((text) => text === "new" || text === "oldest" || isPosition(text), START_RULE),
        v.description(
          "`new`, which it is where not given: what is published from now on. `oldest`: what is still kept, too. An event's id: " +
            "what came behind it.",
        ),
      ),
      "new",
    ),
    secret: v.exactOptional(
      v.pipe(
        v.string("must be a string"),
        v.check(isSecret, SECRET_RULE),
        v.description("What its webhooks are signed with. One is made where none is given."),
      ),
    ),
  }),
  v.metadata({
    ref: "NewSubscription",
    examples: [
      { pattern: "user:*", url: "https://example.com/hooks/users" },
      {
        pattern: "orders",
        url: "https://example.com/hooks/orders",
        start: "oldest",
        secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      },
    ],
  }),
);

export const subscriptionChanges = v.pipe(
  body({
    status: v.exactOptional(
      v.pipe(
        v.picklist(["active", "paused"], "must be active or paused"),
        v.description(
          "`paused`: nothing is sent, and nothing is missed as long as the log keeps it. `active`: goes on where it stood, also " +
            "where it was disabled.",
        ),
      ),
    ),
    url: v.exactOptional(url),
    secret: v.exactOptional(
      v.pipe(
        v.literal("rotate", 'must be "rotate"'),
        v.description(
          "Makes a new secret, and shows it this once. The one until now signs beside it for 24 hours.",
        ),
      ),
    ),
  }),
  v.check((changes) => Object.keys(changes).length > 0, "must have at least one field"),
  v.metadata({
    ref: "SubscriptionChanges",
    examples: [{ status: "paused" }, { secret: "rotate" }, { url: "https://example.com/hooks/users-2" }],
  }),
);

export const pageQuery = v.object({
  limit: v.exactOptional(v.pipe(limit, v.description("At most so many; 20 where it is not given."))),
  cursor: v.exactOptional(
    v.pipe(v.string("must be given once"), v.description("The `next` of the page before.")),
  ),
});

const time = v.pipe(v.string(), v.isoTimestamp());
const count = v.pipe(v.number(), v.integer());

const definition = {
  id: v.string(),
  pattern: v.string(),
  url: v.pipe(
    v.nullable(v.string()),
    v.description("null where this Worker's own code is what handles its events."),
  ),
  status: v.pipe(
    v.picklist(["active", "paused", "disabled"]),
    v.description("`disabled`: its receiver answered 410, or failed for 5 days without a break."),
  ),
  createdAt: time,
};

const secret = v.pipe(v.string(), v.description("Verifies its webhooks. It is not shown again."));

const EXAMPLE = {
  id: "Yx3v0cR8mQp5tL2a",
  pattern: "user:*",
  url: "https://example.com/hooks/users",
  status: "active",
  createdAt: "2026-11-02T09:30:00.000Z",
} as const;
const STATE = {
  lag: 0,
  delivered: 1_204,
  failed: 3,
  dead: 0,
  missed: 0,
  lastDeliveryAt: "2026-11-02T10:04:11.302Z",
};
const SECRET_EXAMPLE = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

export const createdSubscription = v.pipe(
  v.object({ ...definition, secret }),
  v.metadata({ ref: "CreatedSubscription", examples: [{ ...EXAMPLE, secret: SECRET_EXAMPLE }] }),
);

const state = {
  lag: v.pipe(count, v.description("Events that it has not got: not looked at yet, or waiting for a retry.")),
  delivered: v.pipe(count, v.description("Events that were taken.")),
  failed: v.pipe(count, v.description("Attempts that failed.")),
  dead: v.pipe(count, v.description("Dead letters there are now.")),
  missed: v.pipe(
    count,
    v.description("Events that the log trimmed before it got to them, of any channel of its families."),
  ),
  lastDeliveryAt: v.nullable(time),
};

export const subscription = v.pipe(
  v.object({ ...definition, ...state }),
  v.metadata({ ref: "Subscription", examples: [{ ...EXAMPLE, ...STATE }] }),
);

export const changedSubscription = v.pipe(
  v.object({ ...definition, secret: v.exactOptional(secret) }),
  v.metadata({ ref: "ChangedSubscription", examples: [{ ...EXAMPLE, secret: SECRET_EXAMPLE }] }),
);

export const subscriptionPage = v.pipe(
  v.object({ items: v.array(subscription), next: nextPage }),
  v.metadata({ ref: "SubscriptionPage", examples: [{ items: [{ ...EXAMPLE, ...STATE }], next: null }] }),
);
