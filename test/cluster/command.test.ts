// `npm run cluster -- COMMAND`, as a program.

import { execFile } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";

const PROGRAM = join(import.meta.dirname, "../../scripts/cluster.ts");

/** Whether somebody listens there. */
async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

test("runs a command with REDIS_URL naming a Cluster, ends with its status, and leaves nothing behind", async () => {
  const { stdout, code } = await new Promise<{ stdout: string; code: unknown }>((resolve) => {
    const args = [PROGRAM, "sh", "-c", 'echo "$REDIS_URL"; exit 3'];
    execFile(process.execPath, args, (error, output) => resolve({ stdout: output, code: error?.code }));
  });
  expect(code).toBe(3);
  expect(stdout).toMatch(/^redis\+cluster:\/\/(127\.0\.0\.1:\d+,){5}127\.0\.0\.1:\d+\n$/);
  const ports = [...stdout.matchAll(/:(\d+)/g)].map(([, port]) => Number(port));
  expect(await Promise.all(ports.map(isListening))).toEqual(ports.map(() => false));
});
