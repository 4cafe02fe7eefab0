import { Agent, request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { RedisServer, ServeRedisOptions } from "../../../local/serve.ts";
import { serveRedis } from "../../../local/serve.ts";
import { createFakeEngine, TOKEN } from "./fake-engine.ts";

const started: RedisServer[] = [];
afterEach(async () => {
  for (const server of started.splice(0)) await server.close();
});

async function start(options: Partial<ServeRedisOptions> = {}) {
  const engine = createFakeEngine(() => 1);
  let closed = 0;
  engine.close = async () => {
    closed++;
  };
  const server = await serveRedis({
    engine,
    stateDir: null,
    host: "127.0.0.1",
    port: 0,
    token: TOKEN,
    log: () => {},
    ...options,
  });
  started.push(server);
  const get = (path: string, init: RequestInit = {}) =>
    fetch(server.url + path, { ...init, headers: { authorization: `Bearer ${TOKEN}` } });
  return { ...server, fake: engine, get, engineClosed: () => closed };
}

const portOf = (url: string) => Number(new URL(url).port);

test("answers on the port it names", async () => {
  const { url, get } = await start();
  expect(portOf(url)).toBeGreaterThan(0);
  expect(await (await get("/incr/k")).json()).toEqual({ result: 1 });
});

test("a taken port is an error that names the port and the variable, and opens no second engine", async () => {
  const first = await start();
  const port = portOf(first.url);
  // No engine is given: were one opened before the port is held, it would be this unreachable one.
  const second = serveRedis({ stateDir: null, host: "127.0.0.1", port, token: TOKEN, log: () => {} });
  await expect(second).rejects.toThrow(new RegExp(`Port ${port} on 127.0.0.1 is taken.*REDIS_REST_PORT`));
});

test("a host that is not of this machine is an error that names the variable", async () => {
  await expect(start({ host: "203.0.113.1" })).rejects.toThrow("REDIS_REST_HOST=203.0.113.1");
});

describe("beyond loopback", () => {
  test.each(["0.0.0.0", "::", "192.168.1.4", "example.com", ""])(
    "%j wants a token of one's own",
    async (host) => {
      await expect(start({ host, token: "local" })).rejects.toThrow("UPSTASH_REDIS_REST_TOKEN");
    },
  );

  test("an empty token is refused everywhere", async () => {
    await expect(start({ token: "" })).rejects.toThrow("UPSTASH_REDIS_REST_TOKEN");
  });

  test("it listens with one, and names an address that can be called", async () => {
    const { url, get } = await start({ host: "0.0.0.0" });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await get("/ping")).status).toBe(200);
  });

  test.each(["127.0.0.1", "127.1.2.3", "localhost"])("%s is not beyond it", async (host) => {
    const { url } = await start({ host, token: "local" });
    expect(new URL(url).hostname).toBe(host);
  });
});

describe("closing", () => {
  test("ends open streams and idle connections, then the engine, once", async () => {
    const server = await start();
    const stream = await server.get("/subscribe/ch");
    const reader = stream.body?.getReader();
    await reader?.read();
    const agent = new Agent({ keepAlive: true });
    await new Promise((resolve) => {
      const options = { agent, headers: { authorization: `Bearer ${TOKEN}` } };
      request(`${server.url}/ping`, options, (response) => void text(response).then(resolve)).end();
    });
    const began = performance.now();
    await Promise.all([server.close(), server.close()]);
    expect(performance.now() - began).toBeLessThan(900);
    expect((await reader?.read())?.done).toBe(true);
    expect([server.fake.open(), server.engineClosed()]).toEqual([0, 1]);
    await expect(server.get("/ping")).rejects.toThrow("fetch failed");
    agent.destroy();
  });

  test("lets a request under way have its answer", async () => {
    const server = await start();
    const arrived = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    server.fake.pipeline = async () => {
      arrived.resolve();
      await released.promise;
      return [7];
    };
    const answer = server.get("/incr/k");
    await arrived.promise;
    const closing = server.close();
    released.resolve();
    expect(await (await answer).json()).toEqual({ result: 7 });
    await closing;
  });

  test("cuts a request that has no answer within a second", async () => {
    const server = await start();
    const arrived = new Promise<void>((resolve) => {
      server.fake.pipeline = () => {
        resolve();
        return new Promise(() => {});
      };
    });
    const answer = server.get("/incr/k").catch((error: unknown) => String(error));
    await arrived;
    await server.close();
    expect(await answer).toContain("fetch failed");
  });
});

test("the hot requests are answered without a Response, any other with one", async () => {
  const { url } = await start();
  const built = vi.spyOn(globalThis, "Response");
  const send = (method: string, path: string, body = "") =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${TOKEN}`, "content-length": body.length };
      const sending = request(
        url + path,
        { method, headers },
        (response) => void text(response).then(resolve),
      );
      sending.on("error", reject).end(body);
    });
  try {
    expect(await send("POST", "/", '["GET","k"]')).toBe('{"result":1}');
    expect(await send("POST", "/pipeline", '[["GET","k"]]')).toBe('[{"result":1}]');
    expect(await send("POST", "/multi-exec", '[["GET","k"]]')).toBe('[{"result":1}]');
    expect(built).not.toHaveBeenCalled();
    expect(await send("GET", "/get/k")).toBe('{"result":1}');
    expect(built).toHaveBeenCalled();
  } finally {
    built.mockRestore();
  }
});

test("a client that goes away unsubscribes", async () => {
  const server = await start();
  const abort = new AbortController();
  const stream = await server.get("/subscribe/ch", { signal: abort.signal });
  await stream.body?.getReader().read();
  expect(server.fake.open()).toBe(1);
  abort.abort();
  await expect.poll(() => server.fake.open()).toBe(0);
});

test("frames arrive as they are published, not when the stream ends", async () => {
  const server = await start();
  const stream = await server.get("/subscribe/ch");
  const reader = stream.body?.getReader();
  const next = async () => Buffer.from((await reader?.read())?.value ?? []).toString();
  expect(await next()).toBe("data: subscribe,ch,1\n\n");
  for (const payload of ["one", "two"]) {
    server.fake.publish({ pattern: null, channel: "ch", payload: Buffer.from(payload) });
    expect(await next()).toBe(`data: message,ch,${payload}\n\n`);
  }
  await reader?.cancel();
});

describe("requests that no handler sees are answered in JSON too", () => {
  test.each([
    ["not HTTP", "HELLO\r\n\r\n", 400],
    ["a broken host", "GET / HTTP/1.1\r\nhost: a b\r\n\r\n", 400],
    ["headers beyond a megabyte", `GET / HTTP/1.1\r\nhost: x\r\na: ${"x".repeat(1024 * 1024)}\r\n\r\n`, 431],
  ])("%s", async (_, raw, status) => {
    const { url } = await start();
    const socket = connect(portOf(url), "127.0.0.1");
    socket.end(raw);
    const answer = await text(socket);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")))).toEqual({ error: "ERR bad request" });
  });
});

test("a key of 64 KB in the path passes", async () => {
  const { get, fake } = await start();
  expect((await get(`/get/${"k".repeat(65_536)}`)).status).toBe(200);
  expect(fake.commands[0]?.[1]).toHaveLength(65_536);
});

test("11 MB are refused with 413 while they are still being sent", async () => {
  const { get } = await start();
  const response = await get("/set/k", { method: "POST", body: new Uint8Array(11 * 1024 * 1024) });
  expect([response.status, await response.json()]).toEqual([
    413,
    { error: expect.stringContaining("max request size exceeded") },
  ]);
});
