// The routes of tags, for /openapi.json.

import { answer, problems, withScope, type Documentation } from "../http/openapi.ts";
import { itemPage, itemTags } from "./schemas.ts";

const tags = ["Tags"];
const refusals = problems("bad-request", "unauthorized", "forbidden", "redis-unavailable");

export const documentation: Documentation = {
  "PUT /v1/tags/{item}": {
    tags,
    ...withScope("tags:write"),
    operationId: "replaceTags",
    summary: "Give an item its tags",
    description:
      "The item has these tags and no others from then on, in one step. Of two such calls at once one is the later.",
    responses: {
      200: answer("The item with its tags.", itemTags),
      ...refusals,
      ...problems("content-too-large", "unsupported-media-type"),
    },
  },
  "GET /v1/tags/{item}": {
    tags,
    ...withScope("tags:read"),
    operationId: "getTags",
    summary: "Read an item's tags",
    responses: { 200: answer("The item; without tags where nobody gave it any.", itemTags), ...refusals },
  },
  "GET /v1/items": {
    tags,
    ...withScope("tags:read"),
    operationId: "findItems",
    summary: "Find items by their tags",
    description:
      "What has all, any and none of some tags at the moment of the call. `none` alone is a 400. A page looks at 1,000 items at " +
      "most, of the rarest tag that all must have; so it may be short and yet have a `next`.",
    responses: { 200: answer("A page of items.", itemPage), ...refusals },
  },
};
