// @humanwhocodes/upstash-redis-server as its README starts it, on loopback only.

import { serve } from "@hono/node-server";
import { createApp } from "@humanwhocodes/upstash-redis-server";

const { REDIS_URL = "", TOKEN = "", PORT } = process.env;
const { fetch } = createApp({ token: TOKEN, redisUrl: REDIS_URL });
serve({ fetch, port: Number(PORT), hostname: "127.0.0.1" });
