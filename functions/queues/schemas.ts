// What queues take over HTTP.

import * as v from "valibot";
import { isDeadCursor, type NewMessage } from "../../lib/lists/index.ts";
import { boundedList } from "../http/bounded-list.ts";
import { jsonValue } from "../http/json-value.ts";
import { MAX_LEVELS } from "../http/nesting.ts";
import { body, limit, name } from "../http/validation.ts";

const MOST_MESSAGES = 100;

/** A whole number within bounds. */
function whole(least: number, most: number) {
  const rule = `must be a whole number from ${least} to ${most}`;
  return v.pipe(v.number(rule), v.integer(rule), v.minValue(least, rule), v.maxValue(most, rule));
}

export const queueName = v.object({
  queue: v.pipe(name, v.description("A queue's name."), v.examples(["mails"])),
});

export const receiptPath = v.object({
  ...queueName.entries,
  receipt: v.pipe(
    name,
    v.description("The `receipt` that came with the message."),
    v.examples(["1793611800000-000000.1"]),
  ),
});

const fields = {
  body: v.pipe(jsonValue, v.description(`Any JSON, at most 256 KiB and ${MAX_LEVELS} levels deep.`)),
  delaySeconds: v.exactOptional(
    v.pipe(
      whole(0, 604_800),
      v.description("How long nobody receives it: up to 7 days; 0 where it is not given."),
    ),
  ),
  dedupId: v.exactOptional(
    v.pipe(
      v.string("must be a string"),
      // Half of a surrogate pair has no UTF-8 of its own: two ids would be one.
      v.regex(/^[^\p{Cs}]{1,128}$/u, "must be 1 to 128 characters"),
      v.description("A message whose dedupId was sent to this queue within 300 s is not sent again."),
    ),
  ),
};

/** One message, or several under `messages`. */
export const newMessages = v.pipe(
  body({
    ...fields,
    body: v.exactOptional(fields.body),
    messages: v.exactOptional(
      v.pipe(
        boundedList(body(fields), MOST_MESSAGES),
        v.description(
          "1 to 100 messages, sent in this order, all or none. In the place of the other fields.",
        ),
      ),
    ),
  }),
  v.forward(
    v.check((sent) => "body" in sent || "messages" in sent, "is missing, and there are no messages"),
    ["body"],
  ),
  v.forward(
    v.check(
      (sent) => !("messages" in sent) || Object.keys(sent).length === 1,
      "cannot be used with another field",
    ),
    ["messages"],
  ),
  v.metadata({
    ref: "NewMessages",
    examples: [
      { body: { to: "ada@example.com", template: "welcome" }, dedupId: "welcome:ada" },
      { messages: [{ body: "one" }, { body: "two", delaySeconds: 60 }] },
    ],
  }),
);

/** The messages of a body. */
export const messagesOf = ({ messages, ...message }: v.InferOutput<typeof newMessages>): NewMessage[] =>
  messages ?? [{ ...message, body: message.body }];

export const receiveOptions = v.pipe(
  body({
    max: v.exactOptional(
      v.pipe(whole(1, MOST_MESSAGES), v.description("Messages at most; 1 where it is not given.")),
    ),
    visibilitySeconds: v.exactOptional(
      v.pipe(
        whole(1, 43_200),
        v.description("How long nobody else receives them; 30 where it is not given."),
      ),
    ),
    waitSeconds: v.exactOptional(
      v.pipe(whole(0, 20), v.description("How long to wait where there is none; 0 where it is not given.")),
    ),
  }),
  v.metadata({ ref: "Receive", examples: [{ max: 10, visibilitySeconds: 60 }, { waitSeconds: 0 }] }),
);

export const visibility = v.pipe(
  body({
    visibilitySeconds: v.pipe(
      whole(0, 43_200),
      v.description("From now; 0 gives the message back at once, which makes it dead on its last attempt."),
    ),
  }),
  v.metadata({ ref: "Visibility", examples: [{ visibilitySeconds: 60 }] }),
);

export const queueSettings = v.pipe(
  body({
    maxAttempts: v.pipe(
      whole(1, 100),
      v.description("After so many receives without an ack a message is dead."),
    ),
  }),
  v.metadata({ ref: "QueueSettings", examples: [{ maxAttempts: 3 }] }),
);

export const deadQuery = v.object({
  limit: v.exactOptional(v.pipe(limit, v.description("At most so many; 20 where it is not given."))),
  cursor: v.exactOptional(
    v.pipe(
      v.string("must be given once"),
      v.check(isDeadCursor, "must be the `next` of another page"),
      v.description("The `next` of the page before."),
    ),
  ),
});
