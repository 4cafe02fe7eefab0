import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, it } from "vitest";
import { type Child, startChild } from "../../../local/dev/child.ts";
import { isRunning, stillRunning } from "./processes.ts";

const IGNORES_SIGNALS = `for (const s of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(s, () => {});`;
const STAYS = `setInterval(() => {}, 1000);`;

/** A command that starts another process, says the ids of its guard, itself and that process, and stays. */
function family(behaviour = ""): string {
  const grandchild = JSON.stringify(behaviour + STAYS);
  return `${behaviour}
    const { spawn } = require("node:child_process");
    const grandchild = spawn(process.execPath, ["-e", ${grandchild}]);
    grandchild.on("spawn", () => console.log(process.ppid + " " + process.pid + " " + grandchild.pid));
    ${STAYS}`;
}

const children: Child[] = [];
/** Of every process of a test, lest one that failed leaves some. */
const pids: number[] = [];
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.stop()));
  for (const pid of pids.splice(0).filter(isRunning)) process.kill(pid, "SIGKILL");
});

function start(script: string) {
  const lines: string[] = [];
  const { promise: firstLine, resolve } = Promise.withResolvers<string>();
  const child = startChild({
    command: process.execPath,
    args: ["-e", script],
    cwd: process.cwd(),
    env: process.env,
    onLine: (line) => {
      lines.push(line);
      resolve(line);
    },
  });
  children.push(child);
  return { child, lines, firstLine };
}

async function startFamily(behaviour?: string) {
  const { child, firstLine } = start(family(behaviour));
  return { child, ...membersOf(await firstLine) };
}

function membersOf(line: string) {
  const [guard = 0, command = 0, grandchild = 0] = line.split(" ").map(Number);
  pids.push(guard, command, grandchild);
  expect(pids.every(isRunning)).toBe(true);
  return { guard, command, grandchild };
}

describe("a command of the dev runner", () => {
  it("is heard line by line, on both of its outputs, and its exit code is told", async () => {
    const { child, lines } = start(`console.log("one\\ntwo"); console.error("three"); process.exitCode = 3;`);
    expect(await child.ended).toBe("exit code 3");
    expect(lines.toSorted()).toEqual(["one", "three", "two"]);
  });

  it("ends with all it started when it is stopped", async () => {
    const { child, guard, command, grandchild } = await startFamily();
    await child.stop();
    expect(await stillRunning([guard, command, grandchild])).toEqual([]);
  });

  it("ends with all it started even where they ignore being asked", async () => {
    const { child, guard, command, grandchild } = await startFamily(IGNORES_SIGNALS);
    await child.stop();
    expect(await stillRunning([guard, command, grandchild])).toEqual([]);
  });

  it("leaves nothing behind when it is killed", async () => {
    const { child, guard, command, grandchild } = await startFamily(IGNORES_SIGNALS);
    process.kill(command, "SIGKILL");
    expect(await child.ended).not.toBe("exit code 0");
    expect(await stillRunning([guard, grandchild])).toEqual([]);
  });

  it("leaves nothing behind when its guard is killed", async () => {
    const { child, guard, command, grandchild } = await startFamily(IGNORES_SIGNALS);
    process.kill(guard, "SIGKILL");
    expect(await child.ended).toBe("SIGKILL");
    expect(await stillRunning([command, grandchild])).toEqual([]);
  });

  it("ends with all it started when the runner is killed outright", async () => {
    const modulePath = join(import.meta.dirname, "../../../local/dev/child.ts");
    const runner = spawn(process.execPath, [
      "--input-type=module",
      "-e",
      `
      import { startChild } from ${JSON.stringify(modulePath)};
      startChild({
        command: process.execPath,
        args: ["-e", ${JSON.stringify(family(IGNORES_SIGNALS))}],
        cwd: process.cwd(),
        env: process.env,
        onLine: console.log,
      });
    `,
    ]);
    const [line] = await once(createInterface({ input: runner.stdout }), "line");
    const { guard, command, grandchild } = membersOf(String(line));
    runner.kill("SIGKILL");
    expect(await stillRunning([guard, command, grandchild])).toEqual([]);
  });

  it("tells of a command that is not there", async () => {
    const lines: string[] = [];
    const child = startChild({
      command: "/nowhere/wrangler",
      args: [],
      cwd: process.cwd(),
      env: process.env,
      onLine: (line) => lines.push(line),
    });
    expect(await child.ended).toBe("exit code 127");
    expect(lines.join("\n")).toContain("/nowhere/wrangler");
  });
});
