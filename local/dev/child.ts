// A command that runs as long as the dev runner, with everything it starts.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface Child {
  /** Resolves when the command has ended, by itself or not: why, for people. */
  ended: Promise<string>;
  /** Ends the command and all it started; resolves when none of it is left. Safe to call twice. */
  stop: () => Promise<void>;
}

export interface ChildOptions {
  command: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Hears each line of the command's output, without its line break. */
  onLine: (line: string) => void;
}

const LAST_WORDS_MS = 500;

/**
 * Starts a command under a guard, in a process group of its own: a Ctrl-C in the terminal reaches the runner alone,
 * which then decides the order in which things end; and a runner that is killed outright takes the command along.
 */
export function startChild({ command, args, cwd, env, onLine }: ChildOptions): Child {
  const guard = spawn(process.execPath, [join(import.meta.dirname, "guard.ts"), command, ...args], {
    cwd,
    env,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  // The guard may be gone when its input is closed.
  guard.stdin.on("error", () => {});
  for (const output of [guard.stdout, guard.stderr]) createInterface({ input: output }).on("line", onLine);

  const { promise: ended, resolve } = Promise.withResolvers<string>();
  guard.once("error", (error) => resolve(error.message));
  guard.once("exit", (code, signal) => {
    if (guard.pid !== undefined) killGroup(guard.pid);
    const how = signal === null ? `exit code ${code}` : signal;
    // What it wrote last may still be on its way, and often says why.
    guard.once("close", () => resolve(how));
    setTimeout(resolve, LAST_WORDS_MS, how);
  });

  return {
    ended,
    async stop() {
      guard.stdin.end();
      await ended;
    },
  };
}

/** Whatever the guard could not end, having been killed itself. Its group's id stays taken while members live. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // None left.
  }
}
