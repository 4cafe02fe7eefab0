// Sedge's limits, by its middleware: a client and its limiter for each request, as a Worker makes them.

import { Hono } from "hono";
import { rateLimit } from "../../lib/hono/index.ts";
import { createLeases, createRateLimiter } from "../../lib/ratelimit/index.ts";
import { createConnection } from "../../lib/redis/index.ts";
import type { Contender } from "./contender.ts";

interface Setup {
  readonly name: string;
  /** Permits that an isolate takes in advance. None by default. */
  readonly permits?: number;
  readonly failure?: "open" | "closed";
  /** With the bounds on Redis's answer that are Sedge's own. By default 5 s: the machine may be busy. */
  readonly isBounded?: boolean;
}

export const sedge = ({ name, permits, failure = "closed", isBounded = false }: Setup): Contender => ({
  name,
  algorithms: ["fixed", "sliding"],
  canWeigh: true,
  open({ url, token }, limits) {
    const bound = isBounded ? {} : { timeoutMs: 5_000 };
    const connection = createConnection({ url, token, ...bound });
    const policies = limits.map((limit) => ({
      ...limit,
      failure,
      ...(permits !== undefined && { lease: { permits: Math.min(permits, limit.limit) } }),
    }));
    const leases = createLeases();

    const app = new Hono();
    app.use(
      rateLimit({
        limiter: () => createRateLimiter({ redis: connection.open(), leases, ...bound }),
        limits(c) {
          const identifier = c.req.header("X-Client") ?? "";
          const cost = Number(c.req.header("X-Cost"));
          return policies.map((policy) => ({ policy, identifier, cost }));
        },
      }),
    );
    app.get("/", (c) => c.text("passed"));
    return app.request;
  },
});
