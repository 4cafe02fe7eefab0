// hono-rate-limiter with its RedisStore on @upstash/redis, as its documentation has it: one middleware for each limit, so
// several are asked one after the other.

import { Hono } from "hono";
import { rateLimiter, RedisStore } from "hono-rate-limiter";
import { openUpstash } from "../harness/upstash.ts";
import { nameAndVersion } from "../harness/versions.ts";
import type { Contender } from "./contender.ts";

export const honoRateLimiter = ({ retries = 0 } = {}): Contender => ({
  name: nameAndVersion("hono-rate-limiter"),
  algorithms: ["fixed"],
  canWeigh: false,
  open(place, limits) {
    const redis = openUpstash(place, { retry: { retries } });
    const app = new Hono();
    app.onError((_error, c) => c.text("failed", 500));
    for (const { name, limit, windowSeconds } of limits) {
      app.use(
        rateLimiter({
          windowMs: windowSeconds * 1_000,
          limit,
          keyGenerator: (c) => c.req.header("X-Client") ?? "",
          store: new RedisStore({ client: redis, prefix: `hrl:${name}:` }),
          standardHeaders: "draft-7",
        }),
      );
    }
    app.get("/", (c) => c.text("passed"));
    return app.request;
  },
});
