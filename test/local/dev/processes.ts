// Looking at processes from outside.

import { execFileSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";

/** Runs. A process that has ended but was not collected by its parent (a zombie) does not. */
export function isRunning(pid: number): boolean {
  return listProcesses().some((process) => process.pid === pid);
}

/** The process and all that it started, directly or not. */
export function familyOf(pid: number): number[] {
  const all = listProcesses();
  const family = [pid];
  // Grows while it is walked: what is appended is looked at in its turn.
  for (const member of family) {
    family.push(...all.filter(({ parent }) => parent === member).map((child) => child.pid));
  }
  return family;
}

/** Waits until none of them runs, or for the time given. @returns those that still do */
export async function stillRunning(pids: readonly number[], timeoutMs = 8000): Promise<number[]> {
  const deadline = performance.now() + timeoutMs;
  let left = pids.filter(isRunning);
  while (left.length > 0 && performance.now() < deadline) {
    await delay(50);
    left = pids.filter(isRunning);
  }
  return left;
}

export function commandOf(pid: number): string {
  return listProcesses().find((process) => process.pid === pid)?.command ?? "";
}

function listProcesses(): { pid: number; parent: number; command: string }[] {
  const table = execFileSync("ps", ["-A", "-ww", "-o", "pid=,ppid=,stat=,args="], { encoding: "utf8" });
  return table.split("\n").flatMap((line) => {
    const [, pid, parent, state = "", command = ""] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined || state.startsWith("Z")
      ? []
      : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}
