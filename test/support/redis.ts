// A Redis for a test: the REST server on a free port, before an engine in memory or the Redis that REDIS_URL names.
//
// Files run in parallel, and a Redis named by REDIS_URL is shared by all of them. So a test puts `prefix` before every key
// and channel of its own, and never flushes, lists or counts the whole keyspace.

import { randomBytes } from "node:crypto";
import type { Engine, EngineReply } from "../../local/engine.ts";
import { openEngine } from "../../local/engines/open.ts";
import { serveRedis } from "../../local/serve.ts";

export { type FaultMode, type FaultProxy, type SeenRequest, startFaultProxy } from "./fault-proxy.ts";

/** What stands before the keys of this test file, and of no other: Vitest loads this module anew for each. */
export const prefix = `test:${randomBytes(6).toString("hex")}:`;

export interface TestRedis {
  url: string;
  token: string;
  engine: Engine;
  /** The module's `prefix`. */
  prefix: string;
  /** Deletes the keys under `prefix`. */
  flush(): Promise<void>;
  /** Deletes the keys under `prefix` and stops the server. */
  close(): Promise<void>;
}

/** Starts a REST server of its own for the calling test file. */
export async function startRedis(): Promise<TestRedis> {
  const redisUrl = process.env["REDIS_URL"] || undefined;
  const engine = await openEngine({
    ...(redisUrl !== undefined && { redisUrl }),
    stateDir: null,
    log: () => {},
  });
  const server = await serveRedis({
    engine,
    stateDir: null,
    host: "127.0.0.1",
    port: 0,
    token: randomBytes(12).toString("hex"),
    log: console.error,
  });
  const flush = () => deleteByPrefix(engine);
  return {
    url: server.url,
    token: server.token,
    engine,
    prefix,
    flush,
    close: async () => {
      await flush();
      await server.close();
    },
  };
}

async function deleteByPrefix(engine: Engine): Promise<void> {
  let cursor = "0";
  do {
    const reply = await run(engine, ["SCAN", cursor, "MATCH", `${prefix}*`, "COUNT", "1000"]);
    if (!isScanReply(reply)) throw new Error(`SCAN answered ${JSON.stringify(reply)}`);
    cursor = String(reply[0]);
    if (reply[1].length > 0) await run(engine, ["UNLINK", ...reply[1]]);
  } while (cursor !== "0");
}

async function run(engine: Engine, command: readonly (string | Buffer)[]): Promise<EngineReply | undefined> {
  const [reply] = await engine.pipeline([command.map((argument) => Buffer.from(argument))]);
  return reply;
}

function isScanReply(reply: EngineReply | undefined): reply is [Buffer, Buffer[]] {
  return Array.isArray(reply) && Buffer.isBuffer(reply[0]) && Array.isArray(reply[1]);
}
