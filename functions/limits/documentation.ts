// The routes of limits, for /openapi.json.

import { answer, problems, withScope, type Documentation } from "../http/openapi.ts";
import { decision } from "./schemas.ts";

const tags = ["Limits"];

export const documentation: Documentation = {
  "POST /v1/limits/check": {
    tags,
    operationId: "checkLimits",
    summary: "Check limits",
    description:
      "Takes from all of the limits or, where one refuses, from none, in one step. A limit is one of this service's policies, or one " +
      "of your own, told whole in each call. Answers 200 also where a limit refuses, and where Redis is away.",
    ...withScope("limits:check"),
    responses: {
      200: answer("What is decided.", decision),
      ...problems("bad-request", "unauthorized", "forbidden", "content-too-large", "unsupported-media-type"),
    },
  },
  "POST /v1/limits/reset": {
    tags,
    operationId: "resetLimit",
    summary: "Reset a limit",
    description:
      "Gives one identifier its whole limit back, whatever the windows and algorithms it was used with. What isolates hold in " +
      "advance of a policy may be spent besides, for 2 seconds.",
    ...withScope("limits:write"),
    responses: {
      204: { description: "It is whole." },
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
