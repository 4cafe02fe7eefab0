// What a subscription's URL is sent (OpenAPI 3.1, `webhooks`).

import type { GenerateSpecOptions } from "hono-openapi";
import { header, parameter } from "../http/openapi.ts";

type Webhooks = NonNullable<NonNullable<GenerateSpecOptions["documentation"]>["webhooks"]>;

const sent = (name: string, description: string, example: string) => ({
  ...parameter(name, description, { examples: [example] }),
  required: true,
});

export const webhooks: Webhooks = {
  event: {
    post: {
      tags: ["Subscriptions"],
      operationId: "receiveEvent",
      summary: "An event, at a subscription's URL",
      description: [
        "Signed as Standard Webhooks says: `webhook-signature` holds `v1,` and the base64 of the HMAC-SHA256 of " +
          "`{webhook-id}.{webhook-timestamp}.{body}`, one for each secret that is good, with a space between. The HMAC's key is the base64 " +
          "behind `whsec_`. Verify the body as it came, byte by byte, and refuse a timestamp that is more than five minutes off.",
        "An event may come more than once, each time with the same `webhook-id`: keep the ids of what is done. Events of a channel with " +
          "the same `key` come in their order.",
      ].join("\n\n"),
      security: [],
      parameters: [
        sent("webhook-id", "The event's id: the same on each attempt.", "1793523600123-0"),
        sent("webhook-timestamp", "Seconds since 1970 at this attempt.", "1793523601"),
        sent(
          "webhook-signature",
          "One signature, or two for 24 hours after the secret was rotated.",
          "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
        ),
      ],
      requestBody: {
        required: true,
        content: { "application/json": { schema: { $ref: "#/components/schemas/Event" } } },
      },
      responses: {
        "2XX": { description: "It is taken. Answer within 10 seconds; the body is not read." },
        "410": { description: "No more of them: the subscription is disabled." },
        "429": {
          description: "Too many now: tried again later.",
          headers: { "Retry-After": header("Honoured up to twice the step that is due.", "30") },
        },
        default: {
          description:
            "Anything else, a redirect too: tried again after 2 s, 10 s, 1 min, 10 min, 1 h, 6 h and 24 h (±20 %), and dead then.",
        },
      },
    },
  },
};
