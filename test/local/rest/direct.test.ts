// The hot requests, on Node's own objects: answered as the app answers them, and nothing else is taken.

import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { EngineError, EngineStatus } from "../../../local/engine.ts";
import type { RestAppOptions } from "../../../local/rest/app.ts";
import { createDeadEngine, createFakeEngine, createTestApp, TOKEN } from "./fake-engine.ts";

const NOT_TAKEN = 599;
const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A server of the direct way alone, and the app. */
async function start(options: Partial<RestAppOptions> = {}) {
  const engine = createFakeEngine(([name]) => {
    if (name?.toString() === "FAIL") return new EngineError("ERR no");
    return name?.toString() === "SET" ? new EngineStatus("OK") : [name ?? null, 1, null];
  });
  const rest = createTestApp(options.engine ?? engine, options);
  const server = createServer((incoming, response) => {
    if (rest.direct(incoming, response)) return;
    response.statusCode = NOT_TAKEN;
    response.end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { ...rest, engine, port, url: `http://127.0.0.1:${port}` };
}

const PIPELINE = '[["SET","k","1"],["GET","k"],["FAIL"],["BLPOP","k","0"]]';

test.each([
  ["a command", "/", '["GET","ö"]', {}],
  ["one that fails", "/", '["FAIL"]', {}],
  ["a pipeline", "/pipeline", PIPELINE, {}],
  ["one in base64", "/pipeline", PIPELINE, { "upstash-encoding": "base64" }],
  ["one in RESP2", "/pipeline", PIPELINE, { "upstash-response-format": "resp2" }],
  ["a transaction", "/multi-exec", '[["SET","k","1"],["GET","k"]]', {}],
  ["a transaction refused", "/multi-exec", PIPELINE, {}],
  ["no JSON", "/pipeline", "[", {}],
  ["an empty body", "/", "", {}],
  ["a format that is none", "/", '["GET","k"]', { "upstash-response-format": "xml" }],
  ["a wrong token", "/", '["GET","k"]', { authorization: "Bearer wrong" }],
])("%s is answered as the app does", async (_, path, body, headers) => {
  const { url, app, engine } = await start();
  const init = { method: "POST", body, headers: { ...AUTHORIZED, ...headers } };
  const direct = await fetch(url + path, init);
  const ran = engine.commands.splice(0);
  const byApp = await app.request(path, init);
  expect(direct.status).toBe(byApp.status);
  expect(await direct.text()).toBe(await byApp.text());
  expect(direct.headers.get("content-type")).toBe(byApp.headers.get("content-type"));
  expect(direct.headers.has("upstash-sync-token")).toBe(byApp.headers.has("upstash-sync-token"));
  expect(ran).toEqual(engine.commands);
});

test("a page from elsewhere is refused with the token that everyone knows", async () => {
  const { url } = await start({ token: "local" });
  const post = (headers: Record<string, string>) =>
    fetch(url, {
      method: "POST",
      body: '["GET","k"]',
      headers: { authorization: "Bearer local", ...headers },
    });
  expect((await post({ origin: "http://evil.example" })).status).toBe(403);
  expect((await post({})).status).toBe(200);
});

test("a Redis that is away is 503, a fault of the engine 500", async () => {
  const dead = await start({ engine: createDeadEngine() });
  const init = { method: "POST", body: '["GET","k"]', headers: AUTHORIZED };
  expect((await fetch(dead.url, init)).status).toBe(503);
  const faulty = await start();
  faulty.engine.pipeline = async () => [{} as never];
  expect((await fetch(faulty.url, init)).status).toBe(500);
});

describe("what is not hot is left to the app", () => {
  test.each([
    ["GET /", { method: "GET", path: "/" }],
    ["a command in the path", { method: "POST", path: "/get/k" }],
    ["a token in the query", { method: "POST", path: "/?_token=t" }],
    ["PUT /", { method: "PUT", path: "/" }],
    ["a body longer than may be", { method: "POST", path: "/", headers: { "content-length": "101" } }],
    ["a body of unknown length", { method: "POST", path: "/", headers: { "transfer-encoding": "chunked" } }],
  ])("%s", async (_, { headers = {}, ...options }: { method: string; path: string; headers?: object }) => {
    const { port } = await start({ maxRequestBytes: 100 });
    const sending = request({ port, host: "127.0.0.1", ...options, headers: { ...AUTHORIZED, ...headers } });
    sending.on("error", () => {});
    sending.flushHeaders();
    const [response] = (await once(sending, "response")) as [{ statusCode: number }];
    expect(response.statusCode).toBe(NOT_TAKEN);
    sending.destroy();
  });
});

test.each([
  ["a repeated token", "host: x\r\nauthorization: Bearer a"],
  ["a repeated host", "host: x\r\nHost: y"],
  ["no host", ""],
  ["an empty host", "host:"],
  ["a host that is none", "host: a b"],
  ["a port that is none", "host: 127.0.0.1:99999"],
])("%s is left to the app, which refuses or reads it in its own way", async (_, headers) => {
  const { port, engine } = await start();
  const socket = connect({ port, host: "127.0.0.1" });
  const head = `authorization: Bearer ${TOKEN}\r\ncontent-length: 11${headers && `\r\n${headers}`}`;
  socket.write(`POST / HTTP/1.0\r\n${head}\r\n\r\n["GET","k"]`);
  const [answer] = (await once(socket, "data")) as [Buffer];
  expect(answer.toString()).toContain(` ${NOT_TAKEN} `);
  expect(engine.calls).toEqual([]);
  socket.destroy();
});

const headOf = (length: number): string =>
  `POST / HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TOKEN}\r\ncontent-length: ${length}\r\n\r\n`;

describe("a body in pieces", () => {
  const body = '["GET","k"]';

  test("is put together", async () => {
    const { port, engine } = await start();
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    for (const piece of [headOf(body.length), body.slice(0, 4), body.slice(4)]) {
      socket.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await once(socket, "data");
    expect(engine.commands).toEqual([["GET", "k"]]);
    socket.destroy();
  });

  test("runs nothing where the rest never comes", async () => {
    const { port, engine } = await start();
    const socket = connect({ port, host: "127.0.0.1" });
    const [[, response]] = await Promise.all([
      once(servers[0] as Server, "request") as Promise<[unknown, NodeJS.EventEmitter]>,
      new Promise((resolve) => socket.write(headOf(body.length + 1) + body, resolve)),
    ]);
    const closed = once(response, "close");
    socket.destroy();
    await closed;
    expect(engine.calls).toEqual([]);
  });
});
