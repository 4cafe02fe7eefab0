// The routes of channels, for /openapi.json.

import {
  answer,
  IDEMPOTENCY_KEY,
  IDEMPOTENCY_REPLAYED,
  problems,
  withScope,
  type Documentation,
} from "../http/openapi.ts";
import { eventList, published, readToken } from "./schemas.ts";

const tags = ["Channels"];

const STREAM_EXAMPLE = [
  "retry: 1000",
  "id: 1793523600123-0",
  "event: order-paid",
  'data: {"id":"1793523600123-0","channel":"shop:orders","type":"order-paid","key":"order-7","data":{"orderId":7,"total":48900},"at":"2026-11-01T09:00:00.123Z"}',
  "",
  "",
].join("\n");

/** The events there are, or a stream of those to come. */
const page = answer("The events behind `after`.", eventList);
const eventsAnswer = {
  ...page,
  content: {
    ...("content" in page ? page.content : {}),
    "text/event-stream": { schema: { type: "string" as const }, example: STREAM_EXAMPLE },
  },
} satisfies typeof page;

const LAST_EVENT_ID = {
  in: "header",
  name: "Last-Event-ID",
  description:
    "For a stream: goes on behind this id, whatever `after` says. A browser's EventSource sends it by itself.",
  schema: { type: "string" },
} as const;

const refusals = problems("bad-request", "unauthorized", "forbidden", "redis-unavailable");
const bodyRefusals = problems("content-too-large", "unsupported-media-type");

export const documentation: Documentation = {
  "POST /v1/channels/{channel}/events": {
    tags,
    ...withScope("events:publish"),
    operationId: "publishEvent",
    summary: "Publish an event",
    description:
      "202 says that Redis has it: subscribers and viewers get it from there, at least once. A body has at most 256 KiB. With an " +
      "`Idempotency-Key` it is published once, also where an answer was lost.",
    parameters: [IDEMPOTENCY_KEY],
    responses: {
      202: answer("It is published.", published, IDEMPOTENCY_REPLAYED),
      ...refusals,
      ...bodyRefusals,
      ...problems("idempotency-key-reused"),
    },
  },
  "GET /v1/channels/{channel}/events": {
    tags,
    security: [{ key: ["events:read"] }, { readToken: [] }],
    operationId: "readEvents",
    summary: "Read the events of a channel or a pattern",
    description:
      "Oldest first, over all channels of the pattern. With `Accept: text/event-stream` the events as they come, behind " +
      "`Last-Event-ID` or else `after`, and from now on without either: `id` the event's, `event` its type or `message`, `data` the " +
      "event. `event: gap` without an id, and `{after, first}` as its data, where history was trimmed. A comment at least every 15 " +
      "seconds. It ends after at most 15 minutes; a client that comes back with the last id misses nothing.",
    parameters: [LAST_EVENT_ID],
    responses: { 200: eventsAnswer, ...refusals },
  },
  "POST /v1/channels/{channel}/tokens": {
    tags,
    ...withScope("events:read"),
    operationId: "issueReadToken",
    summary: "Issue a token for a browser to read with",
    description:
      "For `?token=` of the events of this channel or pattern, and of each channel that the pattern covers. With any other it is a 403.",
    responses: { 201: answer("The token.", readToken), ...refusals, ...bodyRefusals },
  },
};
