// One Redis server, on one connection that every command shares.

import type { EngineCommand, EngineReply } from "../../engine.ts";
import { connectClient, unavailable } from "./client.ts";
import type { ClientSettings } from "./client.ts";
import { showAddress } from "./url.ts";
import type { Address } from "./url.ts";
import { openWire } from "./wire.ts";
import type { Wire } from "./wire.ts";

export interface RedisNode {
  readonly address: Address;
  /**
   * Sends commands, nothing of another caller between them.
   *
   * @returns a reply per command, errors as values.
   * @throws EngineUnavailableError where the connection is down or the answer takes too long.
   */
  send(commands: readonly EngineCommand[]): Promise<EngineReply[]>;
  close(): void;
}

/**
 * Connects to a Redis.
 *
 * @throws EngineUnavailableError where that fails.
 */
export async function connectNode(settings: ClientSettings, address: Address): Promise<RedisNode> {
  /** Of the connection that is up; another after each time it was down. */
  let wire: Wire | null = null;
  const end = (): void => {
    wire?.end(new Error("the connection is closed"));
    wire = null;
  };
  const redis = await connectClient(settings, address, {}, (client) => {
    client.on("ready", () => {
      wire = openWire(client.stream, settings.commandTimeoutMs);
    });
    client.on("close", end);
  });

  return {
    address,
    async send(commands) {
      if (commands.length === 0) return [];
      try {
        if (wire === null) throw new Error("there is no connection");
        return await wire.send(commands);
      } catch (error) {
        throw unavailable(`Redis at ${showAddress(address)} does not answer`, error);
      }
    },
    close() {
      end();
      redis.disconnect();
    },
  };
}
