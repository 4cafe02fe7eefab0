// GET /openapi.json: what the routes say of themselves.

import { Hono } from "hono";
import { describeRoute, generateSpecs } from "hono-openapi";
import type { AppEnv } from "./http/environment.ts";
import { DOCUMENT } from "./http/openapi.ts";

/**
 * @param documented the app, with all of its routes by the time of the first request
 */
export function openapi(documented: () => Hono<AppEnv>) {
  // Kept for the isolate as text: a promise must not be shared between requests.
  let text: string | undefined;

  return new Hono<AppEnv>().get(
    "/openapi.json",
    describeRoute({
      tags: ["Operations"],
      operationId: "getOpenApi",
      summary: "This document",
      responses: {
        200: {
          description: "OpenAPI 3.1.",
          content: { "application/json": { schema: { type: "object", additionalProperties: true } } },
        },
      },
    }),
    async (c) => {
      text ??= JSON.stringify(await generateSpecs(documented(), DOCUMENT));
      return c.body(text, 200, { "Content-Type": "application/json", "Cache-Control": "no-cache" });
    },
  );
}
