// Stands between the dev runner and a command of many processes (wrangler starts workerd and esbuild), so that none
// of them outlives the runner, however the runner ends. Its standard input is a pipe that the runner holds open
// and never writes to: the kernel closes it even when the runner is killed outright. The guard leads the process
// group that the command and its children belong to.
//
// node guard.ts COMMAND ARGUMENT…
import { spawn } from "node:child_process";

/** How long the command has to end by itself. */
const GRACE_MS = 3000;

const [command, ...args] = process.argv.slice(2);
if (command === undefined) throw new Error("guard: no command to run");

// Signals are for the runner to answer; those that reach the group come from the guard itself.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
// The readers of the output may be gone; the command must be ended all the same.
for (const output of [process.stdout, process.stderr]) output.on("error", () => {});

const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });
let isStopping = false;

child.on("error", (error) => {
  console.error(`guard: ${error.message}`);
  process.exit(127);
});
child.on("exit", (code, signal) => {
  // The command's own children may be left (a wrangler killed outright leaves workerd): end them, and the guard
  // with them. Otherwise the runner, who hears of the exit and its code, does.
  if (isStopping) signalGroup("SIGKILL");
  process.exit(code ?? (signal === null ? 1 : 128));
});

process.stdin.on("end", stop);
process.stdin.on("error", stop);
process.stdin.resume();

function stop(): void {
  if (isStopping) return;
  isStopping = true;
  signalGroup("SIGTERM");
  setTimeout(() => signalGroup("SIGKILL"), GRACE_MS);
}

function signalGroup(signal: NodeJS.Signals): void {
  try {
    process.kill(-process.pid, signal);
  } catch {
    // Where there are no process groups (Windows), at least the command itself.
    child.kill(signal);
  }
}
