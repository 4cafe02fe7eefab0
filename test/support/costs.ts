// Runs an operation and counts what it costs: requests on the wire, commands inside Redis.

import { createConnection, type Redis } from "../../lib/redis/index.ts";
import { createClock } from "./clock.ts";
import { createCommandCount } from "./command-count.ts";
import { startFaultProxy, startRedis } from "./redis.ts";

/** What an operation of a pattern `P` costs at most, as its documentation states it. */
export interface CostRow<P, B = unknown, O = unknown> {
  readonly operation: string;
  /** One after the other, those behind the answer too. */
  readonly trips: number;
  readonly commands: number;
  /** Options of the pattern that this row is about. */
  readonly options?: O;
  /** How much later than `before` it runs. 0 s. */
  readonly laterSeconds?: number;
  /** What must be there. */
  readonly before?: (pattern: P) => Promise<B>;
  readonly run: (pattern: P, before: B) => Promise<unknown>;
}

/** What a pattern is opened on, for one request. */
export interface CostContext<O> {
  redis: Redis;
  prefix: string;
  now: () => number;
  waitUntil: (work: Promise<unknown>) => void;
  options: O | undefined;
}

export interface Measured {
  trips: number;
  requests: number;
  commands: number;
  /** What the request's own meter says. */
  metered: number;
}

export interface CostMeter {
  measure<P, B, O>(row: CostRow<P, B, O>, open: (context: CostContext<O>) => P): Promise<Measured>;
  close(): Promise<void>;
}

export async function startCostMeter(): Promise<CostMeter> {
  const target = await startRedis();
  const proxy = await startFaultProxy(target.url);
  const count = await createCommandCount(target);
  let rows = 0;

  return {
    async measure(row, open) {
      rows += 1;
      const clock = createClock();
      const at = (keys: string) => {
        const redis = createConnection({ url: proxy.url, token: target.token, timeoutMs: 5_000 }).open();
        const behind: Promise<unknown>[] = [];
        const pattern = open({
          redis,
          prefix: `${target.prefix}${keys}${rows}`,
          now: clock.now,
          waitUntil: (work) => void behind.push(work),
          options: row.options,
        });
        return { redis, pattern, settled: () => Promise.all(behind) };
      };

      // Once before on other keys, for the scripts, which Redis may not know yet.
      const warm = at("warm");
      const warmed = await row.before?.(warm.pattern);
      const prepared = at("real");
      const before = await row.before?.(prepared.pattern);
      await prepared.settled();
      clock.advance(row.laterSeconds ?? 0);
      await row.run(warm.pattern, warmed as never);
      await warm.settled();

      const { redis, pattern, settled } = at("real");
      proxy.reset();
      const commands = await count.during(async () => {
        await row.run(pattern, before as never);
        await settled();
      });
      const { trips, commands: metered } = redis.meter;
      return { trips, requests: proxy.requests, commands, metered };
    },

    async close() {
      count.close();
      await proxy.close();
      await target.close();
    },
  };
}
