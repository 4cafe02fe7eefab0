// The servers that are compared: each a process of its own, on a free port of loopback.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../scripts/servers/ports.ts";
import { TOKEN } from "../harness/traffic.ts";
import { type Operation, upstashAsking, webdisAsking } from "./operations.ts";

export interface Server {
  readonly name: string;
  readonly port: number;
  /** The bytes of a request. One answer comes back. */
  readonly asking: (operation: Operation, sha: string) => Buffer;
  /** The processor's time that the process has had, in milliseconds; NaN where the system does not say. */
  cpuMs(): number;
  close(): Promise<void>;
}

const ANSWERS_WITHIN_MS = 15_000;
/** Of Linux, whatever the machine: 100 a second. */
const TICK_MS = 10;

function cpuOf(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // Behind the name, which may hold anything but ends with the last bracket: utime is the twelfth field, stime the next.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return Number.NaN;
  }
}

/** Waits until somebody listens there. */
async function whenListening(port: number, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + ANSWERS_WITHIN_MS;
  while (performance.now() < deadline && child.exitCode === null) {
    const socket = connect(port, "127.0.0.1");
    try {
      await once(socket, "connect");
      return;
    } catch {
      await sleep(50);
    } finally {
      socket.destroy();
    }
  }
  throw new Error(`${child.spawnargs.join(" ")} does not listen on port ${port}.`);
}

type Run = (port: number, directory: string) => ChildProcess | Promise<ChildProcess>;

/**
 * @param run starts the process, on that port; the directory is its own, as long as it lives
 */
async function start(name: string, asking: Server["asking"], run: Run): Promise<Server> {
  const port = await freePort();
  const directory = await mkdtemp(join(tmpdir(), "sedge-bench-"));
  const child = await run(port, directory);
  const server: Server = {
    name,
    port,
    asking,
    cpuMs: () => cpuOf(child.pid),
    async close() {
      if (child.exitCode === null) {
        const ended = once(child, "exit");
        child.kill();
        await ended;
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
  await whenListening(port, child).catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  return server;
}

function runNode(script: string, env: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, script)], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
}

/** `npm run redis`, before that Redis or, without one, on the embedded engine. */
export function startSedge(name: string, redisUrl = ""): Promise<Server> {
  return start(name, upstashAsking, (port, directory) =>
    runNode("../../local/redis.ts", {
      REDIS_URL: redisUrl,
      REDIS_REST_PORT: String(port),
      UPSTASH_REDIS_REST_TOKEN: TOKEN,
      SEDGE_STATE: directory,
    }),
  );
}

/** A server in a file beside this one. */
export function startScript(name: string, script: string, redisUrl: string): Promise<Server> {
  return start(name, upstashAsking, (port) =>
    runNode(script, { REDIS_URL: redisUrl, TOKEN, PORT: String(port) }),
  );
}

/** Debian's webdis, with the threads that Debian gives it; null where it is not installed. */
export async function startWebdis(name: string, redisUrl: string): Promise<Server | null> {
  if (spawnSync("sh", ["-c", "command -v webdis"]).status !== 0) return null;
  const { hostname, port: redisPort } = new URL(redisUrl);
  return start(name, webdisAsking, async (port, directory) => {
    const config = join(directory, "webdis.json");
    const settings = {
      redis_host: hostname,
      redis_port: Number(redisPort),
      redis_auth: null,
      http_host: "127.0.0.1",
      http_port: port,
      threads: 2,
      daemonize: false,
      database: 0,
      verbosity: 0,
      logfile: "/dev/null",
    };
    await writeFile(config, JSON.stringify(settings));
    return spawn("webdis", [config], { stdio: "ignore" });
  });
}
