// `npm run cluster`: a Redis Cluster of three masters and three replicas on loopback, for as long as it is needed.
//
// npm run cluster -- npm test -- --project unit       runs a command with REDIS_URL naming it, and ends with its status
// npm run cluster                                     stays until it is ended, and prints the URL

import { spawn } from "node:child_process";
import { once } from "node:events";
import { endingSignal } from "../local/dev/signals.ts";
import { startCluster } from "./cluster/cluster.ts";

const ending = endingSignal();
const cluster = await startCluster().catch(fail);
if (cluster !== null) {
  try {
    await use(cluster.url);
  } finally {
    await cluster.close();
  }
}
process.exit();

async function use(url: string): Promise<void> {
  const [command, ...args] = process.argv.slice(2);
  if (command === undefined) {
    process.stdout.write(`REDIS_URL=${url}\n`);
    if (!ending.aborted) await once(ending, "abort");
    return;
  }
  const child = spawn(command, args, { stdio: "inherit", env: { ...process.env, REDIS_URL: url } });
  // A Ctrl-C in the terminal has reached it as well; a signal to this process alone has not.
  ending.addEventListener("abort", () => child.kill("SIGTERM"));
  try {
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    process.exitCode = code ?? (signal === "SIGINT" ? 130 : 143);
  } catch (error) {
    fail(error);
  }
}

function fail(error: unknown): null {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
  return null;
}
