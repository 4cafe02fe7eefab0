// Sedge's Worker as `npm run dev` starts it, before the Redis of the run.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DEVELOPMENT_KEY } from "../../local/dev/api-keys.ts";
import { waitForWorker } from "../../local/dev/ready.ts";
import type { Gateway } from "../harness/gateway-client.ts";
import { freePort } from "../../scripts/servers/ports.ts";

const START_MS = 120_000;

export const HEADERS = { authorization: `Bearer ${DEVELOPMENT_KEY}`, "content-type": "application/json" };

export interface DevWorker {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts it, and waits until it answers. */
export async function startDev({ url: redisUrl, token }: Gateway): Promise<DevWorker> {
  await using starting = new AsyncDisposableStack();
  const stateDir = await mkdtemp(join(tmpdir(), "sedge-bench-"));
  starting.defer(() => rm(stateDir, { recursive: true }));
  const port = await freePort();
  const child = spawn(process.execPath, ["local/dev.ts"], {
    cwd: dirname(dirname(import.meta.dirname)),
    env: {
      ...process.env,
      PORT: String(port),
      REDIS_URL: "",
      UPSTASH_REDIS_REST_URL: redisUrl,
      UPSTASH_REDIS_REST_TOKEN: token,
      SEDGE_STATE: stateDir,
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = once(child, "close");
  starting.defer(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  const url = `http://localhost:${port}`;
  await Promise.race([
    waitForWorker(url, AbortSignal.timeout(START_MS)),
    ended.then(() => Promise.reject(new Error("npm run dev ended."))),
  ]);
  const running = starting.move();
  return { url, close: () => running.disposeAsync() };
}
