// The engine before a Redis by URL, where that Redis is away, silent, or refuses. live.test.ts has what a real one shows.

import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { inspect } from "node:util";
import { afterEach, describe, expect, test, vi } from "vitest";
import { openEngine } from "../../../../local/engines/open.ts";
import { createRedisEngine } from "../../../../local/engines/redis/engine.ts";
import { EngineUnavailableError } from "../../../../local/engines/unavailable.ts";
import { plain, run, words } from "../support.ts";

const servers: Server[] = [];
const sockets = new Set<Socket>();

/** A server on a free port that answers what `answer` says to each chunk. */
async function listen(answer: (text: string) => string | null): Promise<number> {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      const reply = answer(chunk.toString());
      if (reply !== null) socket.write(reply);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function stop(server: Server | undefined): Promise<void> {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await new Promise((resolve) => (server?.listening ? server.close(resolve) : resolve(null)));
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map(stop));
});

const INFO = "redis_version:7.0.15\r\nredis_mode:standalone\r\nloading:0\r\n";

/** Enough of a Redis to connect to: INFO, PING. Other commands get no answer. */
function answerInfo(text: string): string | null {
  if (text.includes("info") || text.includes("INFO")) return `$${INFO.length}\r\n${INFO}\r\n`;
  return text.includes("PING") ? "+PONG\r\n" : null;
}

describe("without a Redis", () => {
  test("an unreachable one is an error that names REDIS_URL and the address, never the password", async () => {
    const port = await listen(() => null);
    await stop(servers.pop());
    const opening = openEngine({
      redisUrl: `redis://someone:hunter2@127.0.0.1:${port}`,
      stateDir: null,
      log: () => {},
    });
    const error: unknown = await opening.catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(EngineUnavailableError);
    expect(String(error)).toMatch(new RegExp(`REDIS_URL: Redis at 127\\.0\\.0\\.1:${port} .*ECONNREFUSED`));
    expect(inspect(error, { depth: null })).not.toContain("hunter2");
  });

  test("a wrong password is told as such, and not repeated", async () => {
    const port = await listen(() => "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
    const opening = createRedisEngine({ url: `redis://:hunter2@127.0.0.1:${port}` });
    const error: unknown = await opening.catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(EngineUnavailableError);
    expect(String(error)).toContain("WRONGPASS");
    expect(inspect(error, { depth: null })).not.toContain("hunter2");
  });

  test("one that takes the connection and stays silent is given up after the time-out", async () => {
    const port = await listen(() => null);
    const opening = createRedisEngine({ url: `redis://127.0.0.1:${port}`, connectTimeoutMs: 100 });
    await expect(opening).rejects.toThrow(EngineUnavailableError);
  });

  test("a call that is not answered in time is refused, and the connection made anew", async () => {
    const port = await listen(answerInfo);
    const engine = await createRedisEngine({ url: `redis://127.0.0.1:${port}`, commandTimeoutMs: 100 });
    const calls = [
      engine.pipeline([words("GET", "secret key")]),
      engine.transaction([words("GET", "secret key")]),
    ];
    for (const call of await Promise.allSettled(calls)) {
      expect(call).toMatchObject({
        status: "rejected",
        reason: expect.any(EngineUnavailableError) as unknown,
      });
      expect(inspect((call as PromiseRejectedResult).reason, { depth: null })).not.toContain("secret");
    }
    await vi.waitFor(async () => expect(await run(engine, "PING")).toBe("+PONG"), { timeout: 5_000 });
    await engine.close();
  });

  test("calls fail at once while it is down, and succeed once it is back", async () => {
    const port = await listen(answerInfo);
    const engine = await createRedisEngine({ url: `redis://127.0.0.1:${port}` });
    expect(engine.description).toBe(`redis://127.0.0.1:${port} (Redis 7.0.15)`);
    expect(await run(engine, "PING")).toBe("+PONG");
    await stop(servers.pop());
    await vi.waitFor(() => expect(run(engine, "PING")).rejects.toThrow(EngineUnavailableError));
    const started = performance.now();
    await expect(run(engine, "PING")).rejects.toThrow(EngineUnavailableError);
    expect(performance.now() - started).toBeLessThan(1_000);

    const again = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("data", (chunk) => socket.write(answerInfo(chunk.toString()) ?? ""));
    });
    servers.push(again);
    await new Promise<void>((resolve) => again.listen(port, "127.0.0.1", resolve));
    await vi.waitFor(async () => expect(await run(engine, "PING")).toBe("+PONG"), { timeout: 5_000 });
    await engine.close();
    await engine.close();
  });

  test("commands that would take over the shared connection never reach it", async () => {
    const seen: string[] = [];
    const port = await listen((text) => {
      seen.push(text);
      return answerInfo(text);
    });
    const engine = await createRedisEngine({ url: `redis://127.0.0.1:${port}` });
    const replies = await engine.pipeline([
      words("SUBSCRIBE", "c"),
      words("PING"),
      words("client", "reply", "off"),
    ]);
    expect(replies.map(plain)).toEqual([
      expect.stringMatching(/^-ERR SUBSCRIBE is not possible/),
      "+PONG",
      expect.stringMatching(/^-ERR CLIENT is not possible/),
    ]);
    expect(plain((await engine.transaction([words("MULTI")])) as never)).toMatch(/^-ERR MULTI/);
    expect(seen.join("")).not.toMatch(/SUBSCRIBE|reply|MULTI/);
    await engine.close();
  });
});
