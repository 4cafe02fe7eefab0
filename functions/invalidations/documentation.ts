// The route of invalidations, for /openapi.json.

import { answer, problems, withScope, type Documentation } from "../http/openapi.ts";
import { invalidated } from "./schemas.ts";

export const documentation: Documentation = {
  "POST /v1/cache/invalidations": {
    tags: ["Cache"],
    operationId: "invalidateCache",
    summary: "Invalidate cache entries",
    description:
      "By key, by tag, by pattern, or all of them. Keys are `product:{id}` and `products:…` (lists); tags are `products` " +
      "(every entry) and `category:{name}` (the lists of a category, and its products). A pattern goes in steps: where " +
      "`next` is not null, send the pattern again with it as `cursor`.",
    ...withScope("cache:write"),
    responses: {
      200: answer("What was invalidated.", invalidated),
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
};
