// Pub/Sub and MONITOR of the embedded engine, straight from the library's broker and feed.

import { ClientSession, RedisResult } from "js-redis-server/core";
import type { CommandExecutor, RedisPubSubBroker, RedisServerState } from "js-redis-server/core";
import type { EngineMessage, Unsubscribe } from "../../engine.ts";

/** Redis's SUBSCRIBE or PSUBSCRIBE. The subscription stands when this returns. */
export function subscribeTo(
  broker: RedisPubSubBroker,
  kind: "subscribe" | "psubscribe",
  channels: readonly string[],
  listener: (message: EngineMessage) => void,
): Unsubscribe {
  const subscribeOne = (name: string): Unsubscribe =>
    kind === "subscribe"
      ? broker.subscribe(Buffer.from(name), ({ channel, message }) =>
          listener({ pattern: null, channel: channel.toString(), payload: message }),
        )
      : broker.psubscribe(Buffer.from(name), ({ channel, message }) =>
          listener({ pattern: name, channel: channel.toString(), payload: message }),
        );
  // Twice the same channel is one subscription, as in Redis.
  const ends = [...new Set(channels)].map(subscribeOne);
  return () => {
    for (const end of ends) end();
  };
}

/** Redis's MONITOR, on a session of its own: the library writes the lines. */
export async function watchCommands(
  state: RedisServerState,
  executor: CommandExecutor,
  listener: (line: string) => void,
): Promise<Unsubscribe> {
  const session = new ClientSession({ server: state, executor });
  const stream = await session.execute("MONITOR", []);
  if (stream instanceof RedisResult) throw new Error("MONITOR answered without a stream");
  const abort = new AbortController();
  const pump = async (): Promise<void> => {
    for await (const { value } of stream.frames(abort.signal)) {
      // The first frame is the OK of MONITOR itself.
      if (value.kind === "simple-string" && value.value !== "OK") listener(value.value);
    }
  };
  void pump();
  return () => {
    abort.abort();
    session.close();
  };
}
