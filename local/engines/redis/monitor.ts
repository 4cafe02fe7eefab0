// Redis's MONITOR, each on a connection of its own: it takes the connection over.

import { EngineError, EngineStatus } from "../../engine.ts";
import type { EngineReply, Unsubscribe } from "../../engine.ts";
import { connectClient, unavailable, withTimeout } from "./client.ts";
import type { ClientSettings } from "./client.ts";
import { encodeCommands } from "./command-bytes.ts";
import { createReplyReader } from "./reply-reader.ts";
import { showAddress } from "./url.ts";
import type { Address } from "./url.ts";

const MONITOR = encodeCommands([[Buffer.from("MONITOR")]]);

/**
 * Watches one server's commands, and goes on where the connection breaks and is made anew.
 *
 * @param listener gets each line as Redis wrote it.
 * @returns ends it.
 * @throws EngineUnavailableError where the connection fails, or Redis refuses or is silent.
 */
export async function monitorNode(
  settings: ClientSettings,
  address: Address,
  listener: (line: string) => void,
): Promise<Unsubscribe> {
  let answer: (reply: EngineReply) => void;
  const answered = new Promise<EngineReply>((resolve) => {
    answer = resolve;
  });
  const redis = await connectClient(settings, address, {}, (client) => {
    client.on("ready", () => {
      const { stream } = client;
      const read = createReplyReader((reply) => {
        // Every line begins with the time; the answer to MONITOR itself does not.
        if (reply instanceof EngineStatus && /^\d/.test(reply.text)) listener(reply.text);
        else answer(reply);
      });
      stream.removeAllListeners("data");
      stream.on("data", (chunk) => {
        try {
          read(chunk);
        } catch {
          // ioredis sees it closed, and connects anew.
          stream.destroy();
        }
      });
      stream.write(MONITOR);
    });
  });
  try {
    const reply = await withTimeout(answered, settings.commandTimeoutMs);
    if (reply instanceof EngineError) throw new Error(reply.message);
  } catch (error) {
    redis.disconnect();
    throw unavailable(`Redis at ${showAddress(address)} shows no commands`, error);
  }
  return () => redis.disconnect();
}

/**
 * Of several that are watched: what watches a part would be taken for the whole.
 *
 * @throws what the first of those that failed threw, when the others have been ended
 */
export async function allOrNone(begun: readonly Promise<Unsubscribe>[]): Promise<Unsubscribe[]> {
  const settled = await Promise.allSettled(begun);
  const watched = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failed = settled.find((one) => one.status === "rejected");
  if (failed === undefined) return watched;
  for (const stop of watched) stop();
  throw failed.reason;
}
