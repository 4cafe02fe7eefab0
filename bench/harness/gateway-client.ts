// Starts the gateway and steers it.

import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { RealRedis } from "./redis.ts";
import { TOKEN, type Traffic } from "./traffic.ts";

/** What an operation cost. */
export interface Counts extends Omit<Traffic, "commands"> {
  /** As Redis ran them: a script is itself and what it calls. */
  readonly commands: number;
}

export interface Gateway {
  readonly url: string;
  readonly token: string;
  /** From now on each request is answered so much later. */
  delay(ms: number): Promise<void>;
  /** What `work` caused: on the wire, and inside Redis. */
  counted(work: () => Promise<unknown>): Promise<Counts>;
  close(): Promise<void>;
}

export async function startGateway(redis: RealRedis): Promise<Gateway> {
  const child = fork(join(import.meta.dirname, "gateway.ts"), [redis.url]);
  const failed = once(child, "exit").then(() => Promise.reject(new Error("The gateway does not start.")));
  const [{ port }] = (await Promise.race([once(child, "message"), failed])) as [{ port: number }];
  failed.catch(() => undefined);
  const url = `http://127.0.0.1:${port}`;

  async function steer(settings: { delayMs?: number; isCounting?: boolean }): Promise<Traffic> {
    const response = await fetch(`${url}/__bench`, { method: "POST", body: JSON.stringify(settings) });
    return (await response.json()) as Traffic;
  }

  return {
    url,
    token: TOKEN,
    delay: async (delayMs) => void (await steer({ delayMs })),
    async counted(work) {
      await steer({ isCounting: true });
      const commands = await redis.commandsDuring(work);
      const { trips, requests } = await steer({ isCounting: false });
      return { trips, requests, commands };
    },
    async close() {
      const ended = once(child, "exit");
      child.kill();
      await ended;
    },
  };
}
