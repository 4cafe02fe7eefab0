// What the Worker's assets answer, beside its routes: files of public/.

import type { Documentation } from "../http/openapi.ts";

const tags = ["Operations"];
const page = { "text/html": { schema: { type: "string" as const } } };

export const pages: Documentation = {
  "GET /": {
    tags,
    operationId: "getDashboard",
    summary: "The dashboard",
    responses: { 200: { description: "A page.", content: page } },
  },
  "GET /docs": {
    tags,
    operationId: "getReference",
    summary: "The API's reference",
    responses: { 200: { description: "A page.", content: page } },
  },
  "GET /openapi.json": {
    tags,
    operationId: "getOpenApi",
    summary: "This document",
    responses: {
      200: {
        description: "OpenAPI 3.1.",
        content: { "application/json": { schema: { type: "object", additionalProperties: true } } },
      },
    },
  },
};
