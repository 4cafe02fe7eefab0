// `npm run redis` as a process of its own, for its tests.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach } from "vitest";

export let stateDir: string;
const children = new Set<ChildProcess>();

/** The groups of children that have children of their own, which a failing test may leave behind. */
const groups = new Set<number>();

function killGroup(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // Nothing of it is left, as it should be.
  }
}

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "redis-cli-"));
});
afterEach(async () => {
  for (const group of groups) killGroup(group);
  groups.clear();
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  children.clear();
  rmSync(stateDir, { recursive: true, force: true });
});

export type Env = Record<string, string>;

const PROGRAM: readonly string[] = [process.execPath, "local/redis.ts"];

/** Starts the program on a free port; nothing of the test run's own environment decides over it. */
function spawnRedis(env: Env = {}, command: readonly string[] = PROGRAM): ChildProcess {
  const [file = "", ...args] = command;
  const child = spawn(file, args, {
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      REDIS_REST_PORT: "0",
      SEDGE_STATE: stateDir,
      ...env,
    },
    // A group of its own, as a terminal makes it, so that Ctrl-C reaches npm and its child at once.
    detached: command.length > 2,
  });
  children.add(child);
  if (command.length > 2 && child.pid !== undefined) groups.add(child.pid);
  return child;
}

/** Starts the program and waits for its whole banner. */
export async function start(env: Env = {}, command?: readonly string[]) {
  const child = spawnRedis(env, command);
  const output = { all: "" };
  child.stderr?.on("data", (chunk: Buffer) => {
    output.all += chunk.toString();
  });
  for await (const chunk of child.stdout ?? []) {
    output.all += String(chunk);
    if (/^ {2}(data {4}kept by|For a real Redis)/m.test(output.all)) break;
  }
  const url = /http:\/\/\S+:\d+/.exec(output.all)?.[0] ?? "";
  const run = async (...line: string[]): Promise<{ result?: unknown; error?: string }> => {
    const headers = { authorization: `Bearer ${env["UPSTASH_REDIS_REST_TOKEN"] ?? "local"}` };
    const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(line) });
    return response.json();
  };
  return { child, url, banner: output.all, run, exited: once(child, "exit") };
}

/** Runs the program to its end, which is an error. */
export const fail = (env: Env) => end([], env);

/** Runs the program with arguments that let it end by itself. */
export async function end(args: readonly string[], env: Env = {}) {
  const child = spawnRedis(env, [...PROGRAM, ...args]);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
    once(child, "exit"),
  ]);
  return { stdout, stderr, code: Number(code) };
}

/** Begins a request that never arrives whole: it holds the end back for a second. */
export async function holdBack(url: string): Promise<{ ended: Promise<unknown> }> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  const ended = once(socket, "close");
  socket.on("error", () => {});
  // The server says "continue" once it has seen the request's head.
  socket.write(
    "POST /set/k?_token=local HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\nexpect: 100-continue\r\n\r\n",
  );
  await once(socket, "data");
  return { ended };
}

/** When the state directory last changed. */
export const newest = () =>
  Math.max(
    0,
    ...readdirSync(stateDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );
