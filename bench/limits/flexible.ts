// rate-limiter-flexible, its RateLimiterRedis on @upstash/redis. That one speaks ioredis: what it calls of it to consume
// is `defineCommand`, and the command so defined, which here is Upstash's own script (EVALSHA, and EVAL once).

import { Hono } from "hono";
import {
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterUnion,
  RLWrapperTimeouts,
  type RateLimiterAbstract,
} from "rate-limiter-flexible";
import { openUpstash, type Redis } from "../harness/upstash.ts";
import { nameAndVersion } from "../harness/versions.ts";
import type { Contender, Limit } from "./contender.ts";

function asIoredis(redis: Redis): object {
  const commands: Record<string, unknown> = {};
  return Object.assign(commands, {
    defineCommand(name: string, { lua }: { lua: string }) {
      const script = redis.createScript<[number, number]>(lua);
      commands[name] = ([key = "", ...args]: string[]) => script.exec([key], args);
    },
  });
}

interface Setup {
  /** What is told beside name and version. */
  readonly told?: string;
  /** `inMemoryBlockOnConsumed`, which answers for who has been refused. */
  readonly hasBlock?: boolean;
  /** `insuranceLimiter`, in memory, for when Redis has not answered within so long. */
  readonly insuredAfterMs?: number;
  /** Of the client. */
  readonly retries?: number;
}

export const flexible = (setup: Setup = {}): Contender => ({
  name: nameAndVersion("rate-limiter-flexible") + (setup.told ?? ""),
  algorithms: ["fixed"],
  canWeigh: true,
  open(place, limits) {
    const { hasBlock = false, insuredAfterMs, retries = 0 } = setup;
    const storeClient = asIoredis(openUpstash(place, { retry: { retries } }));

    function limiterOf({ name, limit, windowSeconds }: Limit): RateLimiterAbstract {
      const options = { keyPrefix: `rlflx:${name}`, points: limit, duration: windowSeconds };
      const block = hasBlock ? { inMemoryBlockOnConsumed: limit + 1 } : {};
      const limiter = new RateLimiterRedis({ ...options, ...block, storeClient });
      if (insuredAfterMs === undefined) return limiter;
      const insuranceLimiter = new RateLimiterMemory(options);
      return new RLWrapperTimeouts({ limiter, timeoutMs: insuredAfterMs, insuranceLimiter });
    }

    const limiters = limits.map(limiterOf);
    const [only, ...more] = limiters;
    const limiter = only === undefined || more.length > 0 ? new RateLimiterUnion(...limiters) : only;

    const app = new Hono();
    app.onError((_error, c) => c.text("failed", 500));
    app.use(async (c, next) => {
      try {
        await limiter.consume(c.req.header("X-Client") ?? "", Number(c.req.header("X-Cost")));
      } catch (refusal) {
        if (refusal instanceof Error) throw refusal;
        return c.text("Too Many Requests", 429);
      }
      return next();
    });
    app.get("/", (c) => c.text("passed"));
    return app.request;
  },
});
