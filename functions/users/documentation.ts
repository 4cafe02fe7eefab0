// The routes of users, for /openapi.json.

import { answer, LOCATION, problems, type Documentation } from "../http/openapi.ts";
import { user } from "./schemas.ts";

const tags = ["Users"];

export const documentation: Documentation = {
  "POST /v1/users": {
    tags,
    operationId: "createUser",
    summary: "Sign up",
    description:
      "Adds a user, and publishes an event of type `signup` with `{userId, email}` on `user:events`. Signs nobody in.",
    responses: {
      201: answer("The new user.", user, {
        ...LOCATION,
      }),
      ...problems(
        "bad-request",
        "forbidden",
        "conflict",
        "content-too-large",
        "unsupported-media-type",
        "redis-unavailable",
      ),
    },
  },
  "GET /v1/users/{id}": {
    tags,
    operationId: "getUser",
    summary: "Read a user",
    description: "From the cache where it has it. That there is none is remembered too, for 30 seconds.",
    responses: {
      200: answer("The user.", user),
      ...problems("bad-request", "not-found"),
    },
  },
};
