import { Ratelimit } from "@upstash/ratelimit";
import { Redis } from "@upstash/redis/cloudflare";
import { expect, test } from "vitest";
import { startFaultProxy } from "../support/redis.ts";
import { key, token, url } from "./support.ts";

const LIMITERS = [
  ["fixed window", Ratelimit.fixedWindow(3, "1 h")],
  ["sliding window", Ratelimit.slidingWindow(3, "1 h")],
  ["token bucket", Ratelimit.tokenBucket(3, "1 h", 3)],
] as const;

test.each(LIMITERS)(
  "@upstash/ratelimit's %s lets through its limit, one request each",
  async (name, limiter) => {
    const proxy = await startFaultProxy(url);
    const redis = new Redis({ url: proxy.url, token });
    const limit = new Ratelimit({
      redis,
      limiter,
      prefix: key(name),
      analytics: false,
      ephemeralCache: false,
    });
    // The first call may find the script unknown, and sends it.
    const first = await limit.limit("ada");
    proxy.reset();
    const rest = [await limit.limit("ada"), await limit.limit("ada"), await limit.limit("ada")];
    expect([first, ...rest].map(({ success }) => success)).toEqual([true, true, true, false]);
    expect(proxy.seen.map(({ commands }) => commands.map(([verb]) => verb?.toUpperCase()))).toEqual([
      ["EVALSHA"],
      ["EVALSHA"],
      ["EVALSHA"],
    ]);
    expect(await limit.getRemaining("ada")).toMatchObject({ remaining: 0 });
    await proxy.close();
  },
);
