// The routes of configs, for /openapi.json.

import {
  answer,
  ETAG,
  IF_MATCH,
  IF_NONE_MATCH,
  problems,
  withScope,
  type Documentation,
} from "../http/openapi.ts";
import { config } from "./schemas.ts";

const tags = ["Config"];

const refusals = problems("bad-request", "unauthorized", "forbidden", "redis-unavailable");

export const documentation: Documentation = {
  "GET /v1/config/{name}": {
    tags,
    ...withScope("config:read"),
    operationId: "getConfig",
    summary: "Read a config",
    parameters: [IF_NONE_MATCH],
    responses: {
      200: answer("The whole config.", config, ETAG),
      304: { description: "It is what you have.", headers: ETAG },
      ...refusals,
      ...problems("not-found"),
    },
  },
  "PATCH /v1/config/{name}": {
    tags,
    ...withScope("config:write"),
    operationId: "updateConfig",
    summary: "Change fields of a config",
    description:
      "Merges the fields; what is not named stays. A config that nobody has written gets version 1. With `If-Match` it changes that " +
      "version alone: of several changes at once for one version, one comes to pass, and the others are a 412.",
    parameters: [IF_MATCH],
    responses: {
      200: answer("The whole config after it.", config, ETAG),
      ...refusals,
      ...problems("precondition-failed", "content-too-large", "unsupported-media-type"),
    },
  },
};
