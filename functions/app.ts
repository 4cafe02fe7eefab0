// The API: what stands around every route, and the routes.

import { Hono, type Context } from "hono";
import { serverTiming } from "../lib/hono/index.ts";
import { channels } from "./channels.ts";
import { config } from "./config.ts";
import { counters } from "./counters.ts";
import { cors } from "./http/cors.ts";
import type { AppEnv } from "./http/environment.ts";
import { answerFault } from "./http/errors.ts";
import { follows } from "./follows.ts";
import { health } from "./health.ts";
import { history } from "./history.ts";
import { invalidations } from "./invalidations.ts";
import { tellLimits } from "./http/limits.ts";
import { limits } from "./limits.ts";
import { leaderboards } from "./leaderboards.ts";
import type { Log } from "./log.ts";
import { unrouted } from "./http/methods.ts";
import { noSniff } from "./http/no-sniff.ts";
import { ownMachine } from "./http/own-machine.ts";
import { posts } from "./posts.ts";
import { products } from "./products.ts";
import { queues } from "./queues.ts";
import { requestId } from "./http/request-id.ts";
import type { Services } from "./services.ts";
import { openSession } from "./http/session.ts";
import { sessions } from "./sessions.ts";
import { subscriptions } from "./subscriptions.ts";
import { tokens } from "./tokens.ts";
import { tags } from "./tags.ts";
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
  app.use(noSniff());
  app.use(async function servicesMiddleware(c, next) {
    c.set("services", services(c));
    await next();
  });
  app.use(ownMachine());
  app.use(cors());
  const timing = serverTiming((c: Context<AppEnv>) => c.var.services.redis.meter);
  app.use("/v1/*", timing);
  app.use("/readyz", timing);
  app.use("/v1/*", tellLimits());
  app.use("/v1/*", openSession());

  return app
    .route("/v1/products", products)
    .route("/v1/users", users)
    .route("/v1/users", follows)
    .route("/v1", sessions)
    .route("/v1/cache/invalidations", invalidations)
    .route("/v1/limits", limits)
    .route("/v1/counters", counters)
    .route("/v1/channels", channels)
    .route("/v1/subscriptions", subscriptions)
    .route("/v1/leaderboards", leaderboards)
    .route("/v1/queues", queues)
    .route("/v1", tags)
    .route("/v1", posts)
    .route("/v1/history", history)
    .route("/v1/config", config)
    .route("/v1/tokens", tokens)
    .route("/", health);
}

export type AppType = ReturnType<typeof createApp>;
