// What stands between @upstash/redis and the network: counting, the breaker, one retry, errors without values.

import type { Redis as UpstashRedis } from "@upstash/redis/cloudflare";
import { RedisUnavailableError } from "../errors.ts";
import type { Breaker } from "./breaker.ts";
import type { RunningMeter } from "./meter.ts";

type Middleware = Parameters<UpstashRedis["use"]>[0];

/** Commands that change nothing, and may therefore be sent again when it is unknown whether they ran. */
const READS = new Set(
  (
    "exists get getrange hexists hget hgetall hkeys hlen hmget hscan hvals lindex llen lpos lrange mget pfcount ping " +
    "pttl scan scard sdiff sinter sintercard sismember smembers smismember sscan strlen sunion time ttl type xlen " +
    "xrange xrevrange zcard zcount zmscore zrange zrangebyscore zrank zrevrank zscan zscore"
  ).split(" "),
);

const isRead = (command: readonly unknown[]): boolean => READS.has(String(command[0]).toLowerCase());

/**
 * Why a whole pipeline failed. @upstash/redis puts every command into its messages and no status beside them, so
 * neither its message nor the error itself may go on as a cause.
 */
function unavailable(error: unknown): RedisUnavailableError {
  if (error instanceof RedisUnavailableError) return error;
  const name = error instanceof Error ? error.name : "";
  if (name === "TimeoutError" || name === "AbortError") return new RedisUnavailableError("timeout");
  if (name === "UpstashJSONParseError") return new RedisUnavailableError("protocol");
  if (name === "UpstashError") return new RedisUnavailableError("http");
  return new RedisUnavailableError("network", error);
}

export interface GuardOptions {
  breaker: Breaker;
  meter: RunningMeter;
  /** A failed read is tried again only within half of this, so that a call never takes more than 1.5 of it. */
  timeoutMs: number;
  now: () => number;
}

/** The middleware for `redis.use`. Every request it sees is a pipeline: the batch sends nothing else. */
export function createGuard({ breaker, meter, timeoutMs, now }: GuardOptions): Middleware {
  return async function guard(request, next) {
    const commands = request.body as readonly unknown[][];

    async function attempt(): Promise<never> {
      if (!breaker.allows()) throw new RedisUnavailableError("breaker-open");
      const end = meter.begin(commands.length);
      try {
        const replies: unknown = await next(request);
        if (!Array.isArray(replies) || replies.length !== commands.length) {
          throw new RedisUnavailableError("protocol");
        }
        breaker.succeeded();
        return replies as never;
      } catch (error) {
        breaker.failed();
        throw unavailable(error);
      } finally {
        end();
      }
    }

    const started = now();
    try {
      return await attempt();
    } catch (error) {
      const again =
        error instanceof RedisUnavailableError &&
        error.reason === "network" &&
        commands.every(isRead) &&
        now() - started < timeoutMs / 2;
      if (!again) throw error;
      return attempt();
    }
  };
}
