// The routes of posts, for /openapi.json.

import { answer, problems, withSession, type Documentation } from "../http/openapi.ts";
import { post as postAnswer, timeline as timelineAnswer } from "./schemas.ts";

const tags = ["Posts"];

export const documentation: Documentation = {
  "POST /v1/posts": {
    tags,
    ...withSession,
    operationId: "createPost",
    summary: "Publish a post",
    description:
      "It is on your timeline and on those of your followers at once. Your newest 1,000 posts are kept.",
    responses: {
      201: answer("The post.", postAnswer),
      ...problems(
        "bad-request",
        "unauthorized",
        "forbidden",
        "content-too-large",
        "unsupported-media-type",
        "redis-unavailable",
      ),
    },
  },
  "GET /v1/timeline": {
    tags,
    ...withSession,
    operationId: "getTimeline",
    summary: "Read your timeline",
    description:
      "Your posts and those of whom you follow now, the newest first. Pages neither repeat a post nor leave one out, whatever " +
      "is posted meanwhile.",
    responses: {
      200: answer("A page of posts.", timelineAnswer),
      ...problems("bad-request", "unauthorized", "redis-unavailable"),
    },
  },
};
