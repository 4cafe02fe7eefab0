// The client: @upstash/redis with a bound on time, a breaker, and one pipeline for all that starts together.

import { Redis as UpstashRedis } from "@upstash/redis/cloudflare";
import { createBatch, type Pipeline } from "./batch.ts";
import { createBreaker, type Breaker } from "./breaker.ts";
import { createGuard } from "./guard.ts";
import { createMeter, type Meter } from "./meter.ts";
import { createRunner } from "./runner.ts";
import type { Script } from "./script.ts";
import { createSubscribe, type Subscribe } from "./subscribe.ts";

export interface ConnectionOptions {
  /** The REST URL of the database (`UPSTASH_REDIS_REST_URL`). */
  url: string;
  /** Its token. Never logged, never part of an error. */
  token: string;
  /** How long one request to Redis may take before it is given up. 500 ms. */
  timeoutMs?: number;
  /** Shared by all requests of the isolate. One of its own by default. */
  breaker?: Breaker;
  /** Milliseconds since 1970. `Date.now`. */
  now?: () => number;
}

/** What the patterns ask of Redis. Made per request, by `Connection.open`. */
export interface Redis {
  /**
   * Sends one command. All commands sent in the same tick, by whomever, go out in that order as one pipeline:
   * one trip. (The auto-pipelining of @upstash/redis would make two, reads and writes, in no stated order.)
   *
   * @param add puts exactly one command on the pipeline: `(pipeline) => pipeline.get(key)`
   * @returns the reply as Redis gave it: strings stay strings, HGETALL is a flat array
   * @throws RedisUnavailableError, RedisCommandError
   *
   * Cost: no trip of its own where others send in the same tick, else one; one command.
   */
  send<T>(add: (pipeline: Pipeline) => unknown): Promise<T>;

  /**
   * Runs a script by its SHA, in the same pipeline as `send`'s commands.
   * Where Redis does not know the script yet it is sent whole, in a second trip: once per script and Redis.
   *
   * Cost: as `send`; `script.commands` commands at most.
   */
  run<T>(script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<T>;

  /** What this request has cost so far. */
  readonly meter: Meter;
}

/** One per isolate: what outlives a request. */
export interface Connection {
  /**
   * A client for one request. One per request, because those who wait for the same pipeline share a promise,
   * which Workers forbid across requests, and because its meter counts one request.
   */
  open(): Redis;
  /** Redis's own Pub/Sub. Neither `timeoutMs` nor the breaker touches a subscription, and no meter counts it. */
  readonly subscribe: Subscribe;
}

/**
 * Connects to a database over Upstash's REST protocol. Opens nothing: REST has no pool.
 *
 * A request that gets no answer within `timeoutMs` rejects; a read whose connection failed is tried once more; after
 * three failures in a row requests reject at once, and one a second tries whether Redis is back.
 */
export function createConnection({
  url,
  token,
  timeoutMs = 500,
  now = Date.now,
  breaker = createBreaker({ now }),
}: ConnectionOptions): Connection {
  // Upstash's replicas answer with what this isolate has written at the least, when they see its last token.
  let syncToken = "";

  return {
    subscribe: createSubscribe({ url, token }),
    open() {
      const upstash = new UpstashRedis({
        url,
        token,
        enableAutoPipelining: false,
        automaticDeserialization: false,
        // All that is stored here is text, which JSON carries as it is: base64 costs a tenth of a request's processor time.
        responseEncoding: false,
        enableTelemetry: false,
        retry: { retries: 0 },
        // A function: with a fixed signal the client resolves with null on a time-out, which reads as a miss.
        signal: () => AbortSignal.timeout(timeoutMs),
      });
      const meter = createMeter(now);
      upstash.use(createGuard({ breaker, meter, timeoutMs, now }));

      const send = createBatch(async (fill) => {
        const pipeline = upstash.pipeline();
        fill(pipeline);
        upstash.readYourWritesSyncToken = syncToken;
        const replies = await pipeline.exec<unknown[]>({ keepErrors: true });
        syncToken = upstash.readYourWritesSyncToken ?? "";
        return replies;
      });

      return { send, run: createRunner(send, meter), meter };
    },
  };
}
