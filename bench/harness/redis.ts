// Debian's redis-server, started for a run, and what it says of the commands it ran.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { Redis } from "ioredis";

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

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("No port is free.");
  return address.port;
}

/** Starts a Redis that keeps nothing, with one database that is this run's alone. */
export async function startRealRedis(): Promise<RealRedis> {
  const port = await freePort();
  const settings = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--loglevel", "warning"];
  const server = spawn("redis-server", ["--port", String(port), ...settings], { stdio: "ignore" });
  server.once("error", () => {
    console.error("There is no redis-server: apt-get install redis-server");
    process.exit(1);
  });
  const client = new Redis(port, "127.0.0.1", { retryStrategy: () => 50, maxRetriesPerRequest: 100 });
  client.on("error", () => undefined);
  const info = await client.info("server");

  return {
    url: `redis://127.0.0.1:${port}`,
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
      const ended = once(server, "exit");
      server.kill();
      await ended;
    },
  };
}
