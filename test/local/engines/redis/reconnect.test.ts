// A Redis that is silent, refuses or talks nonsense: on a connection made anew, on one that selects, on that of MONITOR.

import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createRedisEngine } from "../../../../local/engines/redis/engine.ts";
import { EngineUnavailableError } from "../../../../local/engines/unavailable.ts";
import { run } from "../support.ts";

const INFO = "redis_version:7.0.15\r\nredis_mode:standalone\r\nloading:0\r\n";

let server: Server | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));
});

/** @param answer what the connection of that number, the first being 1, is answered to a command; null for silence */
async function listen(answer: (command: string, connection: number) => string | null): Promise<string> {
  server = createServer((socket) => {
    const connection = sockets.push(socket);
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      for (const [, command = ""] of chunk.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g))
        socket.write(answer(command.toUpperCase(), connection) ?? "");
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function answerWell(command: string): string {
  if (command === "INFO") return `$${INFO.length}\r\n${INFO}\r\n`;
  return command === "PING" ? "+PONG\r\n" : "+OK\r\n";
}

describe("a connection made anew", () => {
  test("on which Redis stays silent is given up for another", async () => {
    const url = await listen((command, connection) => (connection === 2 ? null : answerWell(command)));
    const engine = await createRedisEngine({ url, connectTimeoutMs: 200 });
    sockets[0]?.destroy();
    await vi.waitFor(async () => expect(await run(engine, "PING")).toBe("+PONG"), { timeout: 5_000 });
    expect(sockets).toHaveLength(3);
    await engine.close();
  });

  test("on which Redis refuses the database runs nothing", async () => {
    const ran: number[] = [];
    const url = await listen((command, connection) => {
      if (command === "SELECT" && connection === 2) return "-ERR DB index is out of range\r\n";
      if (command === "PING") ran.push(connection);
      return answerWell(command);
    });
    const engine = await createRedisEngine({ url: `${url}/5` });
    sockets[0]?.destroy();
    await vi.waitFor(async () => expect(await run(engine, "PING")).toBe("+PONG"), { timeout: 5_000 });
    expect(ran).toEqual([3]);
    await engine.close();
  });
});

test("a first connection on which Redis refuses the database is an error", async () => {
  const refusal = "-ERR DB index is out of range\r\n";
  const url = await listen((command) => (command === "SELECT" ? refusal : answerWell(command)));
  await expect(createRedisEngine({ url: `${url}/5` })).rejects.toThrow("DB index is out of range");
});

describe("MONITOR", () => {
  test.each([
    ["answered with what is not RESP2", "HTTP/1.1 400 Bad Request\r\n"],
    ["not answered", null],
  ])("%s is refused within the time-out", async (_, answer) => {
    const url = await listen((command) => (command === "MONITOR" ? answer : answerWell(command)));
    const engine = await createRedisEngine({ url, commandTimeoutMs: 200 });
    await expect(engine.monitor(() => {})).rejects.toThrow(EngineUnavailableError);
    await engine.close();
  });
});
