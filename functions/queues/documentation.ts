// The routes of queues, for /openapi.json.

import {
  answer,
  IDEMPOTENCY_KEY,
  IDEMPOTENCY_REPLAYED,
  problems,
  withScope,
  type Documentation,
} from "../http/openapi.ts";
import {
  configured,
  deadMessages,
  extended,
  queue as queueAnswer,
  received,
  redriven,
  sent,
} from "./answers.ts";

const tags = ["Queues"];
const refusals = problems("bad-request", "unauthorized", "forbidden", "redis-unavailable");
const bodyRefusals = problems("content-too-large", "unsupported-media-type");
/** Of a receipt. */
const notHeld = problems("not-found", "conflict");

export const documentation: Documentation = {
  "POST /v1/queues/{queue}/messages": {
    tags,
    ...withScope("queues:send"),
    operationId: "sendMessages",
    summary: "Send a message, or up to 100",
    description:
      "All of them or none, as one step. A queue is there as soon as something is sent to it. With an `Idempotency-Key` they are sent " +
      "once, also where an answer was lost; a `dedupId` does the same for a message, for 300 s.",
    parameters: [IDEMPOTENCY_KEY],
    responses: {
      201: answer("They are kept.", sent, IDEMPOTENCY_REPLAYED),
      ...refusals,
      ...bodyRefusals,
      ...problems("idempotency-key-reused"),
    },
  },
  "POST /v1/queues/{queue}/receive": {
    tags,
    ...withScope("queues:receive"),
    operationId: "receiveMessages",
    summary: "Receive messages",
    description:
      "The first that are visible, in the order sent where nothing is redelivered. They are hidden for `visibilitySeconds`; what is not " +
      "acked by then is received again, with another receipt. Bodies of 1 MiB at most together. With `waitSeconds` a call that " +
      "finds none looks again, at most every second and 24 times in 20 s.",
    responses: {
      200: answer("The messages; none where there are none.", received),
      ...refusals,
      ...bodyRefusals,
    },
  },
  "DELETE /v1/queues/{queue}/messages/{receipt}": {
    tags,
    ...withScope("queues:receive"),
    operationId: "ackMessage",
    summary: "Say that a message is done",
    description:
      "Deletes it. A receipt of a message that was received again since is a 409, and deletes nothing.",
    responses: { 204: { description: "It is deleted." }, ...refusals, ...notHeld },
  },
  "PATCH /v1/queues/{queue}/messages/{receipt}": {
    tags,
    ...withScope("queues:receive"),
    operationId: "extendMessage",
    summary: "Keep a message longer, or give it back",
    responses: {
      200: answer("When it is visible again.", extended),
      ...refusals,
      ...bodyRefusals,
      ...notHeld,
    },
  },
  "GET /v1/queues/{queue}": {
    tags,
    ...withScope("queues:read"),
    operationId: "getQueue",
    summary: "Read a queue's depth and age",
    responses: {
      200: answer("The queue; empty where nothing was ever sent to it.", queueAnswer),
      ...refusals,
    },
  },
  "PUT /v1/queues/{queue}": {
    tags,
    ...withScope("queues:write"),
    operationId: "configureQueue",
    summary: "Set how often a message is received",
    description: "5 where it was never set. Counts from each message's next receive on.",
    responses: { 200: answer("The queue's settings.", configured), ...refusals, ...bodyRefusals },
  },
  "GET /v1/queues/{queue}/dead": {
    tags,
    ...withScope("queues:write"),
    operationId: "getDeadMessages",
    summary: "List dead messages",
    description:
      "Those whose last visibility ended without an ack, in that order. Bodies of 1 MiB at most together, so a page may have fewer " +
      "than `limit`.",
    responses: { 200: answer("The dead messages.", deadMessages), ...refusals },
  },
  "POST /v1/queues/{queue}/dead/redrive": {
    tags,
    ...withScope("queues:write"),
    operationId: "redriveDeadMessages",
    summary: "Make dead messages ready again",
    description: "All of them; their attempts start anew.",
    responses: { 200: answer("How many there were.", redriven), ...refusals },
  },
  "DELETE /v1/queues/{queue}/dead": {
    tags,
    ...withScope("queues:write"),
    operationId: "purgeDeadMessages",
    summary: "Delete dead messages",
    responses: { 204: { description: "All that were dead are deleted." }, ...refusals },
  },
};
