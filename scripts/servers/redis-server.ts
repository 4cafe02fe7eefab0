// A redis-server of the run's own, on loopback, that keeps nothing on disk.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "./ports.ts";

export interface RedisServer {
  readonly url: string;
  close(): Promise<void>;
}

const START_MS = 10_000;
const ASK_EVERY_MS = 50;

/** @throws where there is no redis-server, or it does not answer */
export async function startRedisServer(): Promise<RedisServer> {
  const port = await freePort();
  const settings = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  // In a process group of its own: a Ctrl-C reaches whoever started it alone, who then ends it.
  const server = spawn("redis-server", ["--port", String(port), ...settings], {
    stdio: "ignore",
    detached: true,
  });
  const failed = once(server, "error").then(([cause]) => {
    throw new Error("There is no redis-server: apt-get install redis-server", { cause });
  });
  const kill = (): void => void server.kill("SIGKILL");
  // Where this process ends at once, nobody else would end it.
  process.once("exit", kill);
  await Promise.race([answers(port), failed]);
  return {
    url: `redis://127.0.0.1:${port}`,
    async close() {
      process.removeListener("exit", kill);
      if (server.exitCode !== null || server.signalCode !== null) return;
      const ended = once(server, "exit");
      server.kill();
      await ended;
    },
  };
}

async function answers(port: number): Promise<void> {
  const until = performance.now() + START_MS;
  while (!(await accepts(port))) {
    if (performance.now() > until) throw new Error("redis-server does not start");
    await delay(ASK_EVERY_MS);
  }
}

function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  return new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  }).finally(() => socket.destroy());
}
