// The routes of subscriptions, for /openapi.json.

import {
  answer,
  LOCATION,
  problems,
  withScope,
  type Documentation,
  type Operation,
} from "../http/openapi.ts";
import { deadPage, deliveryPage, replayed } from "./deliveries.ts";
import { changedSubscription, createdSubscription, subscription, subscriptionPage } from "./schemas.ts";

const tags = ["Subscriptions"];

const reading = { tags, ...withScope("subscriptions:read") } satisfies Partial<Operation>;
const writing = { tags, ...withScope("subscriptions:write") } satisfies Partial<Operation>;

const refusals = problems("bad-request", "unauthorized", "forbidden", "redis-unavailable");
const bodyRefusals = problems("content-too-large", "unsupported-media-type");

export const documentation: Documentation = {
  "POST /v1/subscriptions": {
    ...writing,
    operationId: "createSubscription",
    summary: "Subscribe a URL to channels",
    description:
      "Each event of the channels is sent to the URL as a POST of JSON, signed as Standard Webhooks says: at least once, and in order " +
      "for events of a channel with the same key. Whatever is not answered with a 2xx within 10 seconds is sent again after 2 s, 10 s, " +
      "1 min, 10 min, 1 h, 6 h and 24 h (±20 %; a `Retry-After` of up to twice that is honoured), and is dead then. 410 disables the " +
      "subscription. There are 1,000 at most.",
    responses: {
      201: answer("The subscription, with its secret.", createdSubscription, {
        ...LOCATION,
      }),
      ...refusals,
      ...bodyRefusals,
      ...problems("conflict"),
    },
  },
  "GET /v1/subscriptions": {
    ...reading,
    operationId: "listSubscriptions",
    summary: "List subscriptions",
    description: "Those of this Worker's own code too, without a URL.",
    responses: { 200: answer("A page of subscriptions.", subscriptionPage), ...refusals },
  },
  "GET /v1/subscriptions/{id}": {
    ...reading,
    operationId: "getSubscription",
    summary: "Read a subscription",
    responses: {
      200: answer("The subscription, and how it fares.", subscription),
      ...refusals,
      ...problems("not-found"),
    },
  },
  "PATCH /v1/subscriptions/{id}": {
    ...writing,
    operationId: "updateSubscription",
    summary: "Pause, resume or redirect a subscription, or rotate its secret",
    responses: {
      200: answer("The subscription as it is now.", changedSubscription),
      ...refusals,
      ...bodyRefusals,
      ...problems("not-found", "conflict"),
    },
  },
  "DELETE /v1/subscriptions/{id}": {
    ...writing,
    operationId: "removeSubscription",
    summary: "Remove a subscription",
    description:
      "With its attempts and its dead letters. What is being delivered at this moment still arrives.",
    responses: {
      204: { description: "It is gone." },
      ...refusals,
      ...problems("not-found", "conflict"),
    },
  },
  "GET /v1/subscriptions/{id}/deliveries": {
    ...reading,
    operationId: "listDeliveries",
    summary: "List a subscription's attempts",
    description: "Newest first; the last ones are kept.",
    responses: { 200: answer("A page of attempts.", deliveryPage), ...refusals, ...problems("not-found") },
  },
  "GET /v1/subscriptions/{id}/dead": {
    ...reading,
    operationId: "listDeadEvents",
    summary: "List a subscription's dead events",
    description: "Those whose last attempt failed. They stay until they are replayed.",
    responses: { 200: answer("A page of dead events.", deadPage), ...refusals, ...problems("not-found") },
  },
  "POST /v1/subscriptions/{id}/dead/replay": {
    ...writing,
    operationId: "replayDeadEvents",
    summary: "Send a subscription's dead events again",
    description: "All of them, in the next dispatch or scheduled run. Their attempts start anew.",
    responses: {
      200: answer("How many there were.", replayed),
      ...refusals,
      ...problems("not-found"),
    },
  },
};
