// @upstash/ratelimit, before the route as its own examples have it; several limits are asked in parallel, which its client
// sends as one pipeline.

import { Ratelimit } from "@upstash/ratelimit";
import { Hono } from "hono";
import { openUpstash } from "../harness/upstash.ts";
import { nameAndVersion } from "../harness/versions.ts";
import type { Contender, Limit } from "./contender.ts";

interface Setup {
  /** What is told beside name and version. */
  readonly told?: string;
  /** The ephemeral cache, which answers for who has been refused. */
  readonly hasCache?: boolean;
  /** `cachedFixedWindow`, which counts in the isolate and tells Redis behind the answer. */
  readonly isCached?: boolean;
  readonly timeoutMs?: number;
  /** Of the client. */
  readonly retries?: number;
}

export const upstashRatelimit = (setup: Setup = {}): Contender => ({
  name: nameAndVersion("@upstash/ratelimit") + (setup.told ?? ""),
  algorithms: setup.isCached ? ["fixed"] : ["fixed", "sliding"],
  canWeigh: true,
  open(place, limits) {
    const { hasCache = false, isCached = false, timeoutMs = 5_000, retries = 0 } = setup;
    const redis = openUpstash(place, { retry: { retries } });
    function limiterOf({ limit, windowSeconds, algorithm }: Limit) {
      const window = `${windowSeconds} s` as const;
      if (isCached) return Ratelimit.cachedFixedWindow(limit, window);
      return algorithm === "fixed"
        ? Ratelimit.fixedWindow(limit, window)
        : Ratelimit.slidingWindow(limit, window);
    }
    const limiters = limits.map(
      (limit) =>
        new Ratelimit({
          redis,
          limiter: limiterOf(limit),
          prefix: limit.name,
          ephemeralCache: hasCache || isCached ? new Map() : false,
          timeout: timeoutMs,
        }),
    );

    const app = new Hono();
    app.onError((_error, c) => c.text("failed", 500));
    app.use(async (c, next) => {
      const client = c.req.header("X-Client") ?? "";
      const rate = Number(c.req.header("X-Cost"));
      const answers = await Promise.all(limiters.map((limiter) => limiter.limit(client, { rate })));
      for (const { pending } of answers) c.executionCtx.waitUntil(pending);
      if (!answers.every(({ success }) => success)) return c.text("Too Many Requests", 429);
      return next();
    });
    app.get("/", (c) => c.text("passed"));
    return app.request;
  },
});
