// The API: what stands around every route, and the routes.

import { Hono, type Context } from "hono";
import { serverTiming } from "../lib/hono/index.ts";
import { describeRoute } from "hono-openapi";
import { counters } from "./counters.ts";
import { cors } from "./http/cors.ts";
import type { AppEnv } from "./http/environment.ts";
import { answerFault } from "./http/errors.ts";
import { health } from "./health.ts";
import { invalidations } from "./invalidations.ts";
import { tellLimits } from "./http/limits.ts";
import { limits } from "./limits.ts";
import { leaderboards } from "./leaderboards.ts";
import type { Log } from "./log.ts";
import { unrouted } from "./http/methods.ts";
import { problems } from "./http/openapi.ts";
import { openapi } from "./openapi.ts";
import { products } from "./products.ts";
import { requestId } from "./http/request-id.ts";
import type { Services } from "./services.ts";
import { openSession } from "./http/session.ts";
import { sessions } from "./sessions.ts";
import { users } from "./users.ts";

export interface AppOptions {
  /** Makes a request's services. */
  services: (c: Context<AppEnv>) => Services;
  log: Log;
}

/** The API, as a Hono app. `hc<AppType>(url)` is its typed client. */
export function createApp({ services, log }: AppOptions) {
  const app = new Hono<AppEnv>();
  app.onError(answerFault(log));
  app.notFound(unrouted(app));
  app.use(requestId());
  app.use(async function servicesMiddleware(c, next) {
    c.set("services", services(c));
    await next();
  });
  app.use(cors());
  app.use(
    "/v1/*",
    serverTiming((c: Context<AppEnv>) => c.var.services.redis.meter),
  );
  app.use("/v1/*", describeRoute({ responses: problems("quota-exceeded") }), tellLimits());
  app.use("/v1/*", openSession());

  return app
    .route("/v1/products", products)
    .route("/v1/users", users)
    .route("/v1", sessions)
    .route("/v1/cache/invalidations", invalidations)
    .route("/v1/limits", limits)
    .route("/v1/counters", counters)
    .route("/v1/leaderboards", leaderboards)
    .route("/", health)
    .route(
      "/",
      openapi(() => app),
    );
}

export type AppType = ReturnType<typeof createApp>;
