// The local Redis as a process of its own, and what the system says of that process.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const TOKEN = "chaos";
const START_MS = 15_000;
const MEASURE_MS = 5_000;

export interface ChaosServer {
  readonly port: number;
  readonly token: string;
  readonly isAlive: boolean;
  /** What it has printed since its banner: faults, where there were any. */
  readonly log: string;
  /** Null where the system has no /proc. */
  sockets(): Promise<number | null>;
  /** What it keeps when its garbage is collected. */
  keptMiB(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts it on a free port, before the Redis that REDIS_URL names or with an engine of its own. */
export async function startServer(): Promise<ChaosServer> {
  const state = await mkdtemp(join(tmpdir(), "sedge-chaos-"));
  const server = join(import.meta.dirname, "../../local/redis.ts");
  const measure = new URL("measure.ts", import.meta.url).href;
  const child = spawn(process.execPath, ["--expose-gc", "--import", measure, server], {
    env: {
      ...process.env,
      REDIS_REST_HOST: "127.0.0.1",
      REDIS_REST_PORT: "0",
      UPSTASH_REDIS_REST_TOKEN: TOKEN,
      SEDGE_STATE: state,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  const port = await new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the server does not start: ${text}`)), START_MS);
    const read = (chunk: Buffer): void => {
      text += chunk.toString();
      const [, found] = /http:\/\/127\.0\.0\.1:(\d+)/.exec(text) ?? [];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(Number(found));
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("exit", () => reject(new Error(`the server has ended: ${text}`)));
  });
  const proc = `/proc/${child.pid}`;

  return {
    port,
    token: TOKEN,
    get isAlive() {
      return child.exitCode === null && child.signalCode === null;
    },
    get log() {
      return text
        .split("\n")
        .filter((line) => /REST:|Error|warning/i.test(line))
        .join("\n");
    },
    async sockets() {
      const names = await readdir(`${proc}/fd`).catch(() => null);
      if (names === null) return null;
      const links = await Promise.all(names.map((name) => readlink(`${proc}/fd/${name}`).catch(() => "")));
      return links.filter((link) => link.startsWith("socket:")).length;
    },
    async keptMiB() {
      const told = once(child.stdout, "data", { signal: AbortSignal.timeout(MEASURE_MS) });
      child.kill("SIGUSR2");
      await told;
      const kib = text.match(/(?<=kept )\d+(?= KiB)/g)?.at(-1);
      if (kib === undefined) throw new Error(`the server does not say what it keeps: ${text.slice(-200)}`);
      return Number(kib) / 1_024;
    },
    async stop() {
      await end(child);
      await rm(state, { recursive: true, force: true });
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(force);
}
