// Rate limits: what a check costs, how exact the limits are, and what Redis's absence does.

import type { Part } from "../harness/bench.ts";
import { nameAndVersion } from "../harness/versions.ts";
import { away } from "./away.ts";
import { costs } from "./costs.ts";
import { exactness } from "./exactness.ts";

export const limits: Part = {
  name: "limits",
  run: async (bench) => ({
    title: "Rate limits",
    text: text(),
    tables: [...(await costs(bench)), await exactness(bench), await away(bench)],
  }),
};

const text = (): string => `
Sedge's middleware (\`lib/hono\`, a client and its limiter for each request) beside ${nameAndVersion("@upstash/ratelimit")},
${nameAndVersion("hono-rate-limiter")} (its RedisStore) and ${nameAndVersion("rate-limiter-flexible")} (its
RateLimiterRedis): each before the one route of a Hono app, called by \`app.request()\`, over one @upstash/redis client. The
flagged scripts of @upstash/ratelimit run as on Upstash, by their SHA. rate-limiter-flexible wants ioredis; it gets the one
method that it needs to count. Without analytics and deny lists. All of these are in \`bench/limits/\`.`;
