// The routes of histories, for /openapi.json.

import { answer, problems, withScope, type Documentation } from "../http/openapi.ts";
import { history, historyItem } from "./schemas.ts";

const tags = ["History"];

const refusals = problems("bad-request", "unauthorized", "forbidden", "redis-unavailable");

export const documentation: Documentation = {
  "POST /v1/history/{subject}": {
    tags,
    ...withScope("history:write"),
    operationId: "pushHistory",
    summary: "Put an item at the front of a history",
    description: "One that is there already moves to the front. The newest 100 are kept.",
    responses: {
      201: answer("It is at the front.", historyItem),
      ...refusals,
      ...problems("content-too-large", "unsupported-media-type"),
    },
  },
  "GET /v1/history/{subject}": {
    tags,
    ...withScope("history:read"),
    operationId: "getHistory",
    summary: "Read a history",
    responses: { 200: answer("The items; none of a subject that has no history.", history), ...refusals },
  },
};
