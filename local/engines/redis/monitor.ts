// Redis's MONITOR, each on a connection of its own: it takes the connection over.

import type { Unsubscribe } from "../../engine.ts";
import { connectClient } from "./client.ts";
import type { ClientSettings } from "./client.ts";
import { watchStatuses } from "./status-stream.ts";
import type { Address } from "./url.ts";

/**
 * Watches one server's commands.
 *
 * @param listener gets each line as Redis wrote it.
 * @returns ends it.
 * @throws EngineUnavailableError where the connection fails.
 */
export async function monitorNode(
  settings: ClientSettings,
  address: Address,
  listener: (line: string) => void,
): Promise<Unsubscribe> {
  let standing: () => void;
  const stands = new Promise<void>((resolve) => {
    standing = resolve;
  });
  const redis = await connectClient(settings, address, { monitor: true }, (client) => {
    client.once("monitoring", () => standing());
    // Every line begins with the time; the statuses of the connection's own commands do not.
    watchStatuses(client, (text) => {
      if (/^\d/.test(text)) listener(text);
    });
  });
  await stands;
  return () => redis.disconnect();
}
