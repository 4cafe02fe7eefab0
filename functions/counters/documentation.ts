// The routes of counters, for /openapi.json.

import {
  answer,
  IDEMPOTENCY_KEY,
  IDEMPOTENCY_REPLAYED,
  problems,
  withScope,
  type Documentation,
  type Operation,
} from "../http/openapi.ts";
import { counter, counterList, series as seriesAnswer, visitors as visitorsAnswer } from "./schemas.ts";

const tags = ["Counters"];

const reading = {
  tags,
  ...withScope("counters:read"),
} satisfies Partial<Operation>;
const writing = {
  tags,
  ...withScope("counters:write"),
} satisfies Partial<Operation>;

const refusals = problems("bad-request", "unauthorized", "forbidden", "redis-unavailable");
const bodyRefusals = problems("content-too-large", "unsupported-media-type");

export const documentation: Documentation = {
  "POST /v1/counters/{name}/increments": {
    ...writing,
    operationId: "incrementCounter",
    summary: "Add to a counter",
    description:
      "Adds to the counter and to the running minute, hour and day of its series, as one step. A sum beyond ±(2^53 − 1) is a " +
      "409, and changes nothing. With an `Idempotency-Key` it counts once, also where an answer was lost.",
    parameters: [IDEMPOTENCY_KEY],
    responses: {
      200: answer("The counter after it.", counter, IDEMPOTENCY_REPLAYED),
      ...refusals,
      ...bodyRefusals,
      ...problems("conflict", "idempotency-key-reused"),
    },
  },
  "GET /v1/counters/{name}": {
    ...reading,
    operationId: "getCounter",
    summary: "Read a counter",
    responses: { 200: answer("The counter; 0 where nobody counted.", counter), ...refusals },
  },
  "GET /v1/counters": {
    ...reading,
    operationId: "getCounters",
    summary: "Read several counters",
    responses: {
      200: answer("The counters, in the order of their names in `names`.", counterList),
      ...refusals,
    },
  },
  "GET /v1/counters/{name}/series": {
    ...reading,
    operationId: "getCounterSeries",
    summary: "Read a counter's time series",
    description: "The last buckets, the running one included, oldest first, with zeros where nobody counted.",
    responses: { 200: answer("The series.", seriesAnswer), ...refusals },
  },
  "POST /v1/counters/{name}/visitors": {
    ...writing,
    operationId: "countVisitor",
    summary: "Count a visitor",
    description: "Counts a visitor once, however often they come. No id can be read back.",
    responses: { 200: answer("How many there are now.", visitorsAnswer), ...refusals, ...bodyRefusals },
  },
  "GET /v1/counters/{name}/visitors": {
    ...reading,
    operationId: "getVisitors",
    summary: "Read the number of different visitors",
    responses: { 200: answer("How many there were.", visitorsAnswer), ...refusals },
  },
  "DELETE /v1/counters/{name}": {
    ...writing,
    operationId: "removeCounter",
    summary: "Remove a counter",
    description: "With its series and its visitors.",
    responses: { 204: { description: "There is none now." }, ...refusals },
  },
};
