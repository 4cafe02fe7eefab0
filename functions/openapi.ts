// The API's description: what the routes check, with what is said of them. The Worker does not have it; scripts/openapi.ts
// writes it to public/openapi.json, where its assets serve it.

import { Hono } from "hono";
import { describeRoute, generateSpecs, validator } from "hono-openapi";
import { documentation as channels } from "./channels/documentation.ts";
import { documentation as config } from "./config/documentation.ts";
import { documentation as counters } from "./counters/documentation.ts";
import { documentation as follows } from "./follows/documentation.ts";
import { documentation as health } from "./health/documentation.ts";
import { documentation as history } from "./history/documentation.ts";
import type { AppEnv } from "./http/environment.ts";
import { problems, type Documentation, type Operation } from "./http/openapi.ts";
import { checksOf } from "./http/validation.ts";
import { documentation as invalidations } from "./invalidations/documentation.ts";
import { documentation as leaderboards } from "./leaderboards/documentation.ts";
import { documentation as limits } from "./limits/documentation.ts";
import { info, securitySchemes, servers, tags as parts } from "./openapi/about.ts";
import { pages } from "./openapi/pages.ts";
import { HEADERS, headersOf, problemResponses } from "./openapi/problems.ts";
import { webhooks } from "./openapi/webhooks.ts";
import { documentation as posts } from "./posts/documentation.ts";
import { documentation as products } from "./products/documentation.ts";
import { documentation as queues } from "./queues/documentation.ts";
import { documentation as sessions } from "./sessions/documentation.ts";
import { documentation as subscriptions } from "./subscriptions/documentation.ts";
import { documentation as tags } from "./tags/documentation.ts";
import { documentation as tokens } from "./tokens/documentation.ts";
import { documentation as users } from "./users/documentation.ts";

export const DOCUMENTATION: Documentation = {
  ...products,
  ...users,
  ...follows,
  ...sessions,
  ...invalidations,
  ...limits,
  ...counters,
  ...channels,
  ...subscriptions,
  ...leaderboards,
  ...queues,
  ...tags,
  ...posts,
  ...history,
  ...config,
  ...tokens,
  ...health,
};

/**
 * The OpenAPI 3.1 document of an app's routes.
 * @param documentation of all of its routes, and of no other
 * @throws Error that names a route without documentation, or documentation without a route
 */
export async function openApiOf(app: Hono<AppEnv>, documentation: Documentation = DOCUMENTATION) {
  const described = new Hono();
  const left = new Map(Object.entries(documentation));
  for (const { method, path, handlers } of routesOf(app)) {
    const name = `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`;
    const operation = left.get(name);
    if (operation === undefined) throw new Error(`${name} has no documentation`);
    left.delete(name);
    described.on(
      method,
      path,
      describeRoute(complete(path, operation)),
      ...handlers.flatMap(checksOf).map(documented),
    );
  }
  if (left.size > 0) throw new Error(`There is no route ${[...left.keys()].join(", ")}`);
  for (const [name, operation] of Object.entries(pages)) {
    const [method = "", path = ""] = name.split(" ");
    described.on(method, path, describeRoute({ ...operation, security: [] }));
  }
  return generateSpecs(described, OPTIONS);
}

interface Route {
  method: string;
  path: string;
  handlers: unknown[];
}

/** Hono lists a route once for each of its handlers. */
function routesOf({ routes }: Hono<AppEnv>): Route[] {
  const found = new Map<string, Route>();
  for (const { method, path, handler } of routes) {
    if (method === "ALL") continue;
    const route = found.get(`${method} ${path}`) ?? { method, path, handlers: [] };
    route.handlers.push(handler);
    found.set(`${method} ${path}`, route);
  }
  return [...found.values()];
}

/** Documented is what a field is, not the text that it comes as in a URL. */
const documented = ({ target, schema }: ReturnType<typeof checksOf>[number]) =>
  validator(target, schema, undefined, { options: { typeMode: target === "json" ? "input" : "output" } });

/** With what is said of every route of its kind. */
function complete(path: string, operation: Operation): Operation {
  const responses = {
    ...operation.responses,
    ...(path.startsWith("/v1/") && problems("quota-exceeded")),
    ...problems("internal-error"),
  };
  return {
    security: [],
    ...operation,
    responses: Object.fromEntries(
      Object.entries(responses).map(([status, response]) => [
        status,
        "$ref" in response ? response : { ...response, headers: { ...headersOf(path), ...response.headers } },
      ]),
    ),
  };
}

const OPTIONS: Parameters<typeof generateSpecs>[1] = {
  excludeStaticFile: false,
  // Each route names its own, as problem+json.
  defaultValidationErrorResponse: false,
  documentation: {
    openapi: "3.1.0",
    info,
    servers,
    tags: parts,
    webhooks,
    components: { securitySchemes, headers: HEADERS, responses: problemResponses },
  },
};
