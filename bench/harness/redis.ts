// Debian's redis-server, started for a run, and what it says of the commands it ran.

import { Redis } from "ioredis";
import { startRedisServer } from "../../scripts/servers/redis-server.ts";

export interface RealRedis {
  readonly url: string;
  /** `Redis 7.0.15`. */
  readonly description: string;
  /** How many commands ran while `work` did, those inside scripts too, by INFO commandstats. */
  commandsDuring(work: () => Promise<unknown>): Promise<number>;
  flush(): Promise<void>;
  /** For filling and looking, past everything that is measured. */
  readonly client: Redis;
  close(): Promise<void>;
}

/** What the measuring itself sends. */
const OWN = new Set(["info", "config|resetstat", "config"]);

/** Starts a Redis that keeps nothing, with one database that is this run's alone. */
export async function startRealRedis(): Promise<RealRedis> {
  const server = await startRedisServer();
  const client = new Redis(server.url, { retryStrategy: () => 50, maxRetriesPerRequest: 100 });
  client.on("error", () => undefined);
  const info = await client.info("server");

  return {
    url: server.url,
    description: `Redis ${/^redis_version:(.*?)\r?$/m.exec(info)?.[1] ?? "?"}`,
    client,
    async commandsDuring(work) {
      await client.config("RESETSTAT");
      await work();
      const stats = await client.info("commandstats");
      return [...stats.matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm)]
        .filter(([, name]) => !OWN.has(name ?? ""))
        .reduce((sum, [, , calls]) => sum + Number(calls), 0);
    },
    flush: async () => void (await client.flushall()),
    async close() {
      client.disconnect();
      await server.close();
    },
  };
}
