// `npm run dev` as a person starts it, with ports and data of its own.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { vi } from "vitest";
import { freePort } from "../../scripts/servers/ports.ts";
import { familyOf } from "../local/dev/processes.ts";

export interface DevRunner {
  process: ChildProcess;
  /** The Worker's. */
  url: string;
  port: number;
  redisPort: number;
  /** All it has printed so far. */
  output: () => string;
  /** The ids of it and of all processes it has started. */
  family: () => number[];
  /** Resolves with its exit code, or null where a signal ended it. */
  ended: Promise<number | null>;
}

export interface DevRunnerOptions {
  stateDir: string;
  /** Over the environment; undefined unsets. */
  env?: Readonly<Record<string, string | undefined>>;
  /** By npm, as documented, or Node itself. */
  by?: "npm" | "node";
}

const root = dirname(dirname(import.meta.dirname));
const READY = "Sedge runs;";

/** Starts it, and does not wait until it is ready. */
export async function startDevRunner({
  stateDir,
  env = {},
  by = "node",
}: DevRunnerOptions): Promise<DevRunner> {
  const port = await freePort();
  const redisPort = await freePort();
  const [command, args] = by === "npm" ? ["npm", ["run", "dev"]] : [process.execPath, ["local/dev.ts"]];
  const child = spawn(command, args, {
    cwd: root,
    env: {
      ...process.env,
      PORT: String(port),
      REDIS_REST_PORT: String(redisPort),
      SEDGE_STATE: stateDir,
      REDIS_URL: undefined,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${command} could not be started`);
  return {
    process: child,
    url: `http://localhost:${port}`,
    port,
    redisPort,
    output: () => output,
    family: () => familyOf(pid),
    ended: once(child, "close").then(([code]) => (typeof code === "number" ? code : null)),
  };
}

/** Waits for its first lines, which come when all of it runs. */
export async function ready(runner: DevRunner): Promise<void> {
  await vi.waitFor(
    () => {
      if (!runner.output().includes(READY)) throw new Error(`npm run dev is not ready:\n${runner.output()}`);
    },
    { timeout: 40_000, interval: 50 },
  );
}
