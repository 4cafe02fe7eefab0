// A taken port is told before anything starts, by the name of the variable that moves it.

import { createServer } from "node:net";
import { SettingError } from "../rest/settings.ts";

/**
 * Resolves when the port can be listened on.
 * @param port 0 is always free
 * @param variable what sets the port, for the message
 * @throws SettingError naming the port and the variable when it cannot
 */
export async function requireFreePort(host: string, port: number, variable: string): Promise<void> {
  const server = createServer();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ host, port, exclusive: true }, resolve);
  try {
    await promise;
  } catch (cause) {
    throw new SettingError(`${variable}: ${explain(cause, host, port)}`, { cause });
  }
  await new Promise((closed) => server.close(closed));
}

function explain(cause: unknown, host: string, port: number): string {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (code === "EADDRINUSE") {
    return `port ${port} on ${host} is taken: stop what listens there, or choose another.`;
  }
  if (code === "EACCES") return `port ${port} is not allowed: choose one above 1023.`;
  return `port ${port} on ${host} cannot be listened on (${code}).`;
}
