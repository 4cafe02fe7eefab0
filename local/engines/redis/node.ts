// One Redis server, on one connection that every command shares.

import type { EngineCommand, EngineReply } from "../../engine.ts";
import { EngineError } from "../../engine.ts";
import { connectClient, unavailable, withTimeout } from "./client.ts";
import type { ClientSettings } from "./client.ts";
import { fromWire, isReplyError } from "./from-wire.ts";
import { markStatuses } from "./status-stream.ts";
import { showAddress } from "./url.ts";
import type { Address } from "./url.ts";

export interface RedisNode {
  readonly address: Address;
  /**
   * Sends commands in one write.
   *
   * @returns a reply per command, errors as values.
   * @throws EngineUnavailableError where the connection is down or the answer takes too long.
   */
  send(commands: readonly EngineCommand[]): Promise<EngineReply[]>;
  close(): void;
}

/** The commands for which ioredis has transformers, by names in lower case: HGETALL would come back as an object. */
const TRANSFORMED: ReadonlySet<string> = new Set(["hgetall", "hset", "hmset", "mset", "msetnx"]);

/** A name that ioredis leaves alone. Others keep their case, which errors and MONITOR show. */
function untransformed(name: string): string {
  return TRANSFORMED.has(name) ? name.toUpperCase() : name;
}

/** A reply or an error of ioredis's pipeline; a failure of the connection is thrown. */
function settle([error, reply]: [Error | null, unknown]): EngineReply {
  if (error === null) return fromWire(reply);
  if (isReplyError(error)) return new EngineError(error.message);
  throw error;
}

/**
 * Connects to a Redis.
 *
 * @throws EngineUnavailableError where that fails.
 */
export async function connectNode(settings: ClientSettings, address: Address): Promise<RedisNode> {
  const redis = await connectClient(settings, address, {}, markStatuses);
  const { commandTimeoutMs } = settings;

  async function exchange(commands: readonly EngineCommand[]): Promise<EngineReply[]> {
    const pipeline = redis.pipeline();
    for (const [name, ...args] of commands) pipeline.callBuffer(untransformed(name?.toString() ?? ""), args);
    const replies = (await withTimeout(pipeline.exec(), commandTimeoutMs)) ?? [];
    return replies.map(settle);
  }

  return {
    address,
    async send(commands) {
      if (commands.length === 0) return [];
      try {
        return await exchange(commands);
      } catch (error) {
        // Silent for so long, the connection is taken for dead. A new one costs less than waiting on this one.
        if (redis.status === "ready") redis.disconnect(true);
        throw unavailable(`Redis at ${showAddress(address)} does not answer`, error);
      }
    },
    close: () => redis.disconnect(),
  };
}
