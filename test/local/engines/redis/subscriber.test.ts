// Redis's Pub/Sub where the connection breaks, and where Redis falls silent.

import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Engine, EngineMessage, Unsubscribe } from "../../../../local/engine.ts";
import { createRedisEngine } from "../../../../local/engines/redis/engine.ts";

const INFO = "redis_version:7.0.15\r\nredis_mode:standalone\r\nloading:0\r\n";
/** In which "subscribed" is said of a channel `c`, and a sign of life given behind that. */
const SUBSCRIBED = "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n";
const PONG = "*2\r\n$4\r\npong\r\n$0\r\n\r\n";

let server: Server;
let engine: Engine;
let heard: string[];
let leave: Unsubscribe;
/** The connections that have subscribed, in their order; those that are silent say nothing any more. */
let subscribed: Socket[];
let silent: Set<Socket>;

function answer(socket: Socket, text: string): string {
  if (/info/i.test(text)) return `$${INFO.length}\r\n${INFO}\r\n`;
  if (/ping/i.test(text)) return PONG;
  if (!/subscribe/i.test(text)) return "";
  subscribed.push(socket);
  return SUBSCRIBED;
}

const hear = ({ payload }: EngineMessage): void => void heard.push(payload.toString());

/** Every connection that has subscribed gets it. */
function publish(payload: string): void {
  for (const socket of subscribed) {
    if (!silent.has(socket) && socket.writable)
      socket.write(`*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$${payload.length}\r\n${payload}\r\n`);
  }
}

beforeEach(async () => {
  heard = [];
  subscribed = [];
  silent = new Set();
  server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      if (!silent.has(socket)) socket.write(answer(socket, chunk.toString()));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  engine = await createRedisEngine({ url: `redis://127.0.0.1:${port}`, commandTimeoutMs: 200 });
  leave = await engine.subscribe("subscribe", ["c"], hear);
  publish("one");
  await vi.waitUntil(() => heard.length === 1);
});
afterEach(async () => {
  await engine.close();
  for (const socket of subscribed) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

test("a subscription goes on, once for each message, when its connection has broken", async () => {
  subscribed[0]?.destroy();
  await vi.waitFor(() => expect(subscribed).toHaveLength(2), { timeout: 3_000 });
  publish("two");
  await vi.waitFor(() => expect(heard).toEqual(["one", "two"]));
});

test("a subscription goes on when Redis gives no sign of life on its connection", async () => {
  for (const socket of subscribed) silent.add(socket);
  await vi.waitFor(() => expect(subscribed).toHaveLength(2), { timeout: 5_000 });
  publish("two");
  await vi.waitFor(() => expect(heard).toEqual(["one", "two"]));
});

test("when nobody listens any more its connection is closed, and those who come then share another", async () => {
  leave();
  await engine.subscribe("subscribe", ["c"], hear);
  await vi.waitFor(() => expect(subscribed[0]?.destroyed).toBe(true));
  await engine.subscribe("subscribe", ["c"], hear);
  publish("two");
  await vi.waitFor(() => expect(heard).toEqual(["one", "two", "two"]));
  expect(subscribed).toHaveLength(2);
  // One for commands, one for Pub/Sub.
  const { promise, resolve } = Promise.withResolvers<number>();
  server.getConnections((_error, count) => resolve(count));
  expect(await promise).toBe(2);
});
