// The routes of histories, for /openapi.json.

import type { DescribeRouteOptions } from "hono-openapi";
import { answer, problems, withScope } from "../http/openapi.ts";
import { history, historyItem } from "./schemas.ts";

const tags = ["History"];

const refusals = problems("bad-request", "unauthorized", "forbidden", "redis-unavailable");

export const push: DescribeRouteOptions = {
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
};

export const list: DescribeRouteOptions = {
  tags,
  ...withScope("history:read"),
  operationId: "getHistory",
  summary: "Read a history",
  responses: { 200: answer("The items; none of a subject that has no history.", history), ...refusals },
};
